// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

[AttributeUsage(AttributeTargets.All)]
public sealed class NotNullWhenAttribute : Attribute
{
    public NotNullWhenAttribute(bool returnValue)
    {
        ReturnValue = returnValue;
    }

    public bool ReturnValue { get; }
}
