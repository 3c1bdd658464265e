// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class TypeForwardedFromAttribute : Attribute
{
    public TypeForwardedFromAttribute(string assemblyFullName)
    {
        AssemblyFullName = assemblyFullName;
    }

    public string AssemblyFullName { get; }
}
