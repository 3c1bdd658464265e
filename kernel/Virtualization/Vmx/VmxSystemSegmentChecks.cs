// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>The guest's TR and LDTR (SDM volume 3, 27.3.1.2), GDTR and IDTR (27.3.1.3).</summary>
internal static class VmxSystemSegmentChecks
{
    private const byte BusyTask16 = 3;
    private const byte BusyTask = 11;
    private const byte LocalTable = 2;

    public static string? FindViolation(in CheckedEntry entry) =>
        FindTask(in entry, new CheckedSegment(entry.Vmcs, SegmentRegister.Tr))
        ?? FindLocalTable(in entry, new CheckedSegment(entry.Vmcs, SegmentRegister.Ldtr))
        ?? FindTables(in entry);

    /// <summary>There always is a task.</summary>
    private static string? FindTask(in CheckedEntry entry, in CheckedSegment task)
    {
        VmxRights rights = task.Rights;
        bool isBusy = rights.Type == BusyTask || (rights.Type == BusyTask16 && !entry.IsLongMode);
        return task.IsLocal ? "TR: a selector of the local table"
            : !entry.IsCanonical(task.Base) ? "TR: a base that is not canonical"
            : !isBusy ? "TR: a type that is not that of a busy task"
            : rights.IsCodeOrData ? "TR: not a system segment"
            : !rights.IsPresent ? "TR: not present"
            : rights.HasReserved ? "TR: access rights with a reserved bit"
            : !task.HasValidGranularity ? "TR: a limit that does not agree with the granularity"
            : !task.IsUsable ? "TR: unusable"
            : null;
    }

    private static string? FindLocalTable(in CheckedEntry entry, in CheckedSegment table) =>
        !table.IsUsable ? null
        : table.IsLocal ? "LDTR: a selector of the local table"
        : !entry.IsCanonical(table.Base) ? "LDTR: a base that is not canonical"
        : table.Rights.Type != LocalTable ? "LDTR: a type that is not that of a local table"
        : table.Rights.IsCodeOrData ? "LDTR: not a system segment"
        : !table.Rights.IsPresent ? "LDTR: usable and not present"
        : table.Rights.HasReserved ? "LDTR: access rights with a reserved bit"
        : !table.HasValidGranularity ? "LDTR: a limit that does not agree with the granularity"
        : null;

    private static string? FindTables(in CheckedEntry entry) =>
        !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.GuestGdtrBase)) ? "GDTR: a base that is not canonical"
        : !entry.IsCanonical(entry.Vmcs.Read(VmcsFieldNatural.GuestIdtrBase)) ? "IDTR: a base that is not canonical"
        : entry.Vmcs.Read(VmcsField32.GuestGdtrLimit) > ushort.MaxValue ? "GDTR: a limit above FFFFh"
        : entry.Vmcs.Read(VmcsField32.GuestIdtrLimit) > ushort.MaxValue ? "IDTR: a limit above FFFFh"
        : null;
}
