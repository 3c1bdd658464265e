// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class DebuggerDisplayAttribute : Attribute
{
    public DebuggerDisplayAttribute(string? value)
    {
        Value = value;
    }

    public string? Value { get; }
}
