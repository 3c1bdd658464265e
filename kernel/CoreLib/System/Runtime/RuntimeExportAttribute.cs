// SPDX-License-Identifier: MIT
namespace System.Runtime;

/// <summary>
/// The method's own code is also reachable from assembly, under the given name and in the C calling convention.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entry)
    {
        Entry = entry;
    }

    public string Entry { get; }
}
