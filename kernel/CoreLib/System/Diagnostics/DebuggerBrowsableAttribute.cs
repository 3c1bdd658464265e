// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerBrowsableAttribute : Attribute
{
    public DebuggerBrowsableAttribute(DebuggerBrowsableState state)
    {
        State = state;
    }

    public DebuggerBrowsableState State { get; }
}
