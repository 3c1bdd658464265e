// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>
/// How one vendor writes an entry of a nested page table. Implemented by an empty struct, so that the walker
/// is compiled for it without a call.
/// </summary>
public interface INestedEntryFormat
{
    bool IsPresent(ulong entry);

    /// <summary>True where a present entry of the given level (1: 4 KiB, 2: 2 MiB, 3: 1 GiB) maps memory.</summary>
    bool IsLeaf(ulong entry, int level);

    /// <summary>The frame or the table that a present entry points at.</summary>
    HostPhysical AddressOf(ulong entry, int level);

    GuestAccess AccessOf(ulong entry);

    /// <summary>An entry that points at the table of the next lower level and refuses nothing.</summary>
    ulong MakeTable(HostPhysical table);

    /// <summary>An entry that maps ordinary memory.</summary>
    ulong MakeLeaf(HostPhysical frame, GuestAccess access, int level);
}
