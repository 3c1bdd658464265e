// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyTitleAttribute : Attribute
{
    public AssemblyTitleAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
