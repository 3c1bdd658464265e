// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>Makes processors forget translations of the hypervisor's own address space.</summary>
public static class Tlb
{
    /// <summary>Up to this many pages are named one by one; beyond, everything is forgotten.</summary>
    private const ulong MaximumSteps = 64;

    private static TlbShootdown? s_others;

    /// <summary>Who tells the other processors; null while only one runs.</summary>
    public static TlbShootdown? Others
    {
        get => s_others;
        set => s_others = value;
    }

    /// <summary>Starts to use the tables under <paramref name="root"/> on this processor.</summary>
    public static void Load(TablePage root) => Instructions.WriteCr3(root.Address.Value);

    /// <summary>
    /// No processor uses a translation of [start, start + length) any more when this returns; pages there are of
    /// <paramref name="pageSize"/> bytes.
    /// </summary>
    public static void Invalidate(HostVirtual start, ulong length, ulong pageSize)
    {
        InvalidateHere(start, length, pageSize);
        s_others?.Invalidate(start, length, pageSize);
    }

    /// <summary>The same for this processor alone.</summary>
    public static void InvalidateHere(HostVirtual start, ulong length, ulong pageSize)
    {
        if (length / pageSize > MaximumSteps)
        {
            // No entry is global, so a load of CR3 drops them all (Intel SDM volume 3,
            // 4.10.4.1; AMD APM volume 2, 5.5.3).
            Instructions.WriteCr3(Instructions.ReadCr3());
            return;
        }

        for (ulong offset = 0; offset < length; offset += pageSize)
        {
            Instructions.InvalidatePage(start.Value + offset);
        }
    }
}
