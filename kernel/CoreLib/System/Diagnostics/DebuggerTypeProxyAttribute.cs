// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerTypeProxyAttribute : Attribute
{
    public DebuggerTypeProxyAttribute(Type type)
    {
        Type = type;
    }

    public Type Type { get; }
}
