// SPDX-License-Identifier: MIT
namespace System.Runtime.Versioning;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class TargetFrameworkAttribute : Attribute
{
    public TargetFrameworkAttribute(string frameworkName)
    {
        FrameworkName = frameworkName;
    }

    public string FrameworkName { get; }

    public string? FrameworkDisplayName { get; set; }
}
