// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyCultureAttribute : Attribute
{
    public AssemblyCultureAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
