// SPDX-License-Identifier: MIT
namespace System.Runtime;

/// <summary>
/// The method is implemented in assembly; it also carries MethodImpl(InternalCall). A plain call, no frame.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor)]
public sealed class RuntimeImportAttribute : Attribute
{
    public RuntimeImportAttribute(string entry)
    {
        DllName = "*";
        EntryPoint = entry;
    }

    public RuntimeImportAttribute(string dllName, string entry)
    {
        DllName = dllName;
        EntryPoint = entry;
    }

    public string DllName { get; }

    public string EntryPoint { get; }
}
