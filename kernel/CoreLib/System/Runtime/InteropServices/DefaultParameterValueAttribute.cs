// SPDX-License-Identifier: MIT
namespace System.Runtime.InteropServices;

[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DefaultParameterValueAttribute : Attribute
{
    public DefaultParameterValueAttribute(object? value)
    {
        Value = value;
    }

    public object? Value { get; }
}
