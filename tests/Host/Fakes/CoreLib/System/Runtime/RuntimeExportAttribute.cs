// SPDX-License-Identifier: MIT
namespace System.Runtime;

/// <summary>Names a method for assembly code; the host flavour has none, so nothing looks at it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entry)
    {
        Entry = entry;
    }

    public string Entry { get; }
}
