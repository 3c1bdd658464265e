// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>Copies out of memory that no guest and no region owns: the modules that the loader left.</summary>
public static unsafe class PhysicalMemory
{
    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="source"/> on, which lies in the direct map.
    /// </summary>
    public static void Read(HostPhysical source, Span<byte> destination) =>
        new ReadOnlySpan<byte>(DirectMap.ToPointer(source), destination.Length).CopyTo(destination);
}
