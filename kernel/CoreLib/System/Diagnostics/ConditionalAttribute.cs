// SPDX-License-Identifier: MIT
namespace System.Diagnostics;

[AttributeUsage(AttributeTargets.All)]
public sealed class ConditionalAttribute : Attribute
{
    public ConditionalAttribute(string conditionString)
    {
        ConditionString = conditionString;
    }

    public string ConditionString { get; }
}
