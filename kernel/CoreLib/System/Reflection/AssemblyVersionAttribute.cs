// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyVersionAttribute : Attribute
{
    public AssemblyVersionAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
