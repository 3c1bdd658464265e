// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyDescriptionAttribute : Attribute
{
    public AssemblyDescriptionAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
