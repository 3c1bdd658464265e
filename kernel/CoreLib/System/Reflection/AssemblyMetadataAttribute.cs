// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyMetadataAttribute : Attribute
{
    public AssemblyMetadataAttribute(string key, string? value)
    {
        Key = key;
        Value = value;
    }

    public string Key { get; }

    public string? Value { get; }
}
