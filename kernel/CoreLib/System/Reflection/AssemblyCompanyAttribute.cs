// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyCompanyAttribute : Attribute
{
    public AssemblyCompanyAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
