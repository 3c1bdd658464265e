// SPDX-License-Identifier: MIT
namespace System.Diagnostics.CodeAnalysis;

[AttributeUsage(AttributeTargets.All)]
public sealed class DoesNotReturnIfAttribute : Attribute
{
    public DoesNotReturnIfAttribute(bool parameterValue)
    {
        ParameterValue = parameterValue;
    }

    public bool ParameterValue { get; }
}
