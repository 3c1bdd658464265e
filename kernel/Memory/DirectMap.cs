// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// The window through which the hypervisor sees the machine's RAM: physical address p lies at <see cref="Start"/> + p.
/// Blocks that belong to a guest are not mapped in it, so a stray access through it is a page fault, not a leak.
/// </summary>
public static unsafe class DirectMap
{
    /// <summary>The first address of the map; a host-flavour test replaces it by an arena of its own.</summary>
    public const ulong Start = 0xffff_8000_0000_0000;

    /// <summary>The map's extent in bytes: 64 TiB, more RAM is left unused.</summary>
    public const ulong Length = 0x4000_0000_0000;

    /// <summary>Where the byte at <paramref name="address"/> can be accessed.</summary>
    public static byte* ToPointer(HostPhysical address) => (byte*)(Start + address.Value);

    /// <summary>Zeroes <paramref name="length"/> bytes.</summary>
    public static void Clear(HostPhysical address, int length) =>
        new Span<byte>(ToPointer(address), length).Clear();

    /// <summary>The physical address behind a pointer that <see cref="ToPointer"/> gave.</summary>
    public static HostPhysical ToPhysical(void* pointer) => new((ulong)pointer - Start);
}
