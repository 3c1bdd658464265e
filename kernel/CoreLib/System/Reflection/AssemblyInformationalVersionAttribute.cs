// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyInformationalVersionAttribute : Attribute
{
    public AssemblyInformationalVersionAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
