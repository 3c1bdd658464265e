// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyTrademarkAttribute : Attribute
{
    public AssemblyTrademarkAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
