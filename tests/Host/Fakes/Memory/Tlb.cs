// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>The host flavour has no TLB: it counts what would have been forgotten.</summary>
public static class Tlb
{
    [ThreadStatic]
    private static long s_invalidations;

    public static long Invalidations => s_invalidations;

    public static void Load(TablePage root) => s_invalidations++;

    public static void Invalidate(HostVirtual start, ulong length, ulong pageSize) => s_invalidations++;

    public static void Serve()
    {
    }

    public static unsafe void Join(Runtime.ProcessorContext* context, TlbShootdown others)
    {
    }
}
