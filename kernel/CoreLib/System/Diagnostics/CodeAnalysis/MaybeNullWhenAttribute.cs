// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

[AttributeUsage(AttributeTargets.All)]
public sealed class MaybeNullWhenAttribute : Attribute
{
    public MaybeNullWhenAttribute(bool returnValue)
    {
        ReturnValue = returnValue;
    }

    public bool ReturnValue { get; }
}
