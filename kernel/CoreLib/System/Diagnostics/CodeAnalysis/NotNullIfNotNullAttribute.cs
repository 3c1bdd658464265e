// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

[AttributeUsage(AttributeTargets.All)]
public sealed class NotNullIfNotNullAttribute : Attribute
{
    public NotNullIfNotNullAttribute(string parameterName)
    {
        ParameterName = parameterName;
    }

    public string ParameterName { get; }
}
