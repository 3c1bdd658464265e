// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The host flavour's vector registers are those of the record.</summary>
internal static class VectorState
{
    public static void Store(ref VectorRegisters registers)
    {
    }

    public static void Load(ref VectorRegisters registers)
    {
    }
}
