// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.Assembly)]
public sealed class InternalsVisibleToAttribute : Attribute
{
    public InternalsVisibleToAttribute(string assemblyName)
    {
        AssemblyName = assemblyName;
    }

    public string AssemblyName { get; }
}
