// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.All)]
public sealed class CompilationRelaxationsAttribute : Attribute
{
    public CompilationRelaxationsAttribute(int relaxations)
    {
        Relaxations = relaxations;
    }

    public int Relaxations { get; }
}
