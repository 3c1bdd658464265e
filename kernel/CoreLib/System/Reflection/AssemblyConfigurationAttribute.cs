// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyConfigurationAttribute : Attribute
{
    public AssemblyConfigurationAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
