// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Svm;

/// <summary>AMD's format of nested page tables for <see cref="NestedPageTable{TFormat}"/>.</summary>
public readonly struct NptFormat : INestedEntryFormat
{
    public bool IsPresent(ulong entry) => new NptEntry(entry).IsPresent;

    public bool IsLeaf(ulong entry, int level) => level == 1 || new NptEntry(entry).IsLarge;

    public HostPhysical AddressOf(ulong entry, int level) => new NptEntry(entry).Address;

    public GuestAccess AccessOf(ulong entry)
    {
        var typed = new NptEntry(entry);
        return GuestAccess.Read
            | (typed.IsWritable ? GuestAccess.Write : GuestAccess.None)
            | (typed.NoExecute ? GuestAccess.None : GuestAccess.Execute);
    }

    public ulong MakeTable(HostPhysical table) =>
        new NptEntry { IsPresent = true, IsWritable = true, IsUser = true }.WithAddress(table).Value;

    /// <summary>
    /// Without the right to read there is no mapping: AMD has no page that can only be written or executed.
    /// </summary>
    public ulong MakeLeaf(HostPhysical frame, GuestAccess access, int level) =>
        new NptEntry
        {
            IsPresent = (access & GuestAccess.Read) != 0,
            IsWritable = (access & GuestAccess.Write) != 0,
            IsUser = true,
            IsLarge = level > 1,
            NoExecute = (access & GuestAccess.Execute) == 0,
        }.WithAddress(frame).Value;
}
