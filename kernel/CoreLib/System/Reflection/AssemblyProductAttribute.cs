// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyProductAttribute : Attribute
{
    public AssemblyProductAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
