// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>Intel's format of nested page tables for <see cref="NestedPageTable{TFormat}"/>.</summary>
public readonly struct EptFormat : INestedEntryFormat
{
    /// <summary>
    /// Write-back, without "ignore PAT": the type that the guest's PAT gives is honoured (SDM volume 3, 29.3.7.2). The
    /// machine's MTRRs have no say for a guest; what we map is RAM, which they make write-back.
    /// </summary>
    private const byte WriteBack = 6;

    public bool IsPresent(ulong entry) =>
        new EptEntry(entry) is { IsReadable: true } or { IsWritable: true } or { IsExecutable: true };

    public bool IsLeaf(ulong entry, int level) => level == 1 || new EptEntry(entry).IsLarge;

    public HostPhysical AddressOf(ulong entry, int level) => new EptEntry(entry).Address;

    public GuestAccess AccessOf(ulong entry)
    {
        var typed = new EptEntry(entry);
        return (typed.IsReadable ? GuestAccess.Read : GuestAccess.None)
            | (typed.IsWritable ? GuestAccess.Write : GuestAccess.None)
            | (typed.IsExecutable ? GuestAccess.Execute : GuestAccess.None);
    }

    public ulong MakeTable(HostPhysical table) =>
        new EptEntry { IsReadable = true, IsWritable = true, IsExecutable = true }.WithAddress(table).Value;

    /// <summary>
    /// Without the right to read there is no mapping, as on AMD: a page that can only be written is a misconfiguration
    /// (SDM volume 3, 29.3.3.1), one that can only be executed an option of the processor.
    /// </summary>
    public ulong MakeLeaf(HostPhysical frame, GuestAccess access, int level)
    {
        bool isReadable = (access & GuestAccess.Read) != 0;
        return new EptEntry
        {
            IsReadable = isReadable,
            IsWritable = isReadable && (access & GuestAccess.Write) != 0,
            IsExecutable = isReadable && (access & GuestAccess.Execute) != 0,
            MemoryType = WriteBack,
            IsLarge = level > 1,
        }.WithAddress(frame).Value;
    }
}
