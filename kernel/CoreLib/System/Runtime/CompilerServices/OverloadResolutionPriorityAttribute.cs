// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class OverloadResolutionPriorityAttribute : Attribute
{
    public OverloadResolutionPriorityAttribute(int priority)
    {
        Priority = priority;
    }

    public int Priority { get; }
}
