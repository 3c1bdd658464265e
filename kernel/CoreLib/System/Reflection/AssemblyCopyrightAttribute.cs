// SPDX-License-Identifier: MIT
namespace System.Reflection;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class AssemblyCopyrightAttribute : Attribute
{
    public AssemblyCopyrightAttribute(string value)
    {
        Value = value;
    }

    public string Value { get; }
}
