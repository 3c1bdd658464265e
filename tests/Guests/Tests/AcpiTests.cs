// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// The tables that a system reads to find its board: whole, summed up, and true where they can be asked.
/// </summary>
internal static unsafe class AcpiTests
{
    private const int RsdpLength = 20;
    private const int ExtendedRsdpLength = 36;
    private const int MadtEntries = 44;
    private const int McfgBase = 44;

    [GuestTest]
    internal static void RootPointer()
    {
        ulong rsdp = AcpiTables.FindRsdp();
        Check.That(rsdp != 0, "no RSDP");
        ReadOnlySpan<byte> bytes = new((void*)rsdp, ExtendedRsdpLength);
        Check.That(bytes.StartsWith("RSD PTR "u8), "signature");
        Check.That(AcpiTables.SumsToZero(bytes.Slice(0, RsdpLength)), "checksum");
        Check.That(bytes[15] < 2 || AcpiTables.SumsToZero(bytes), "extended checksum");
    }

    [GuestTest]
    internal static void Sums()
    {
        Sum("FACP"u8, 116);
        Sum("APIC"u8, MadtEntries);
        ReadOnlySpan<byte> fadt = AcpiTables.Find("FACP"u8);
        ReadOnlySpan<byte> dsdt = AcpiTables.Table(AcpiTables.ReadUInt32(fadt, 40));
        Check.That(dsdt.StartsWith("DSDT"u8) && AcpiTables.SumsToZero(dsdt), "DSDT");
        Check.That(Power.FindSleepType(dsdt) >= 0, "no sleep state 5 in the DSDT");
    }

    [GuestTest]
    internal static void InterruptControllers()
    {
        ReadOnlySpan<byte> madt = AcpiTables.Find("APIC"u8);
        Check.Equal((uint)LocalApic.Base, AcpiTables.ReadUInt32(madt, 36), "local APIC's address");
        int processors = 0;
        int controllers = 0;
        bool pitMoved = false;
        for (int at = MadtEntries; at + 2 <= madt.Length && madt[at + 1] >= 2; at += madt[at + 1])
        {
            ReadOnlySpan<byte> entry = madt.Slice(at, madt[at + 1]);
            processors += entry[0] == 0 && (entry[4] & 1) != 0 ? 1 : 0;
            controllers += entry[0] == 1 && AcpiTables.ReadUInt32(entry, 4) == IoApic.Base ? 1 : 0;
            pitMoved |= entry[0] == 2 && entry[3] == 0 && AcpiTables.ReadUInt32(entry, 4) == IoApic.PitPin;
        }
        Check.That(processors >= 1, "no processor");
        Check.Equal(1, controllers, "I/O APICs");
        Check.That(pitMoved, "no override of IRQ 0");
    }

    [GuestTest]
    internal static void PowerManagementTimer()
    {
        ReadOnlySpan<byte> fadt = AcpiTables.Find("FACP"u8);
        ushort port = (ushort)AcpiTables.ReadUInt32(fadt, 76);
        if (port == 0)
        {
            Check.Skip("no power management timer");
        }
        uint start = Instructions.In32(port);
        Time.Wait(10_000);
        uint ticks = (Instructions.In32(port) - start) & 0xffffff;
        Check.That(ticks is > 30_000 and < 100_000, $"10 ms are {ticks} ticks of 3.579545 MHz");
    }

    [GuestTest]
    internal static void ConfigurationSpaceInMemory()
    {
        ReadOnlySpan<byte> mcfg = AcpiTables.Find("MCFG"u8);
        if (mcfg.Length == 0)
        {
            Check.Skip("no MCFG");
        }
        Check.That(AcpiTables.SumsToZero(mcfg), "checksum");
        ulong address = AcpiTables.ReadUInt32(mcfg, McfgBase);
        Instructions.Out32(0xcf8, 0x80000000);
        Check.Equal(Instructions.In32(0xcfc), Mmio.Read(address), "host bridge's identity");
    }

    private static void Sum(ReadOnlySpan<byte> signature, int minimum)
    {
        ReadOnlySpan<byte> table = AcpiTables.Find(signature);
        Check.That(table.Length >= minimum, "a table is missing or short");
        Check.That(AcpiTables.SumsToZero(table), "a table's checksum");
    }
}
