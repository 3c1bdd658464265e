// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The order in which shared locks are taken: with one held, only locks of a higher rank may follow.</summary>
public static class LockRank
{
    /// <summary>A processor's run queue.</summary>
    public const int Scheduler = 10;

    /// <summary>A processor's heap of deadlines.</summary>
    public const int Deadlines = 20;

    /// <summary>The table of VM slots.</summary>
    public const int Windows = 25;

    /// <summary>The end of a region.</summary>
    public const int Region = 30;

    /// <summary>The kernel's own page tables.</summary>
    public const int PageTables = 40;

    /// <summary>The records of the machine's frames.</summary>
    public const int Frames = 50;

    /// <summary>Registers behind an index port or window: the IOAPIC's, PCI configuration, CMOS.</summary>
    public const int Registers = 60;

    /// <summary>Queues between interrupt handlers and tasks: serial port, log.</summary>
    public const int Log = 70;
}
