// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;

namespace Hypervisor.Machine.GuestTables;

/// <summary>The FADT: where the fixed hardware of ACPI is and what the machine lacks (ACPI 6.5, 5.2.9).</summary>
internal static class FixedAcpiTable
{
    private const byte Revision = 6;
    private const byte MinorRevision = 3;
    private const byte ServerProfile = 4;

    /// <summary>Latencies that say that there is no C2 and no C3.</summary>
    private const ushort NoC2 = 0xFFF;
    private const ushort NoC3 = 0xFFF;

    /// <summary>
    /// IAPC_BOOT_ARCH: devices of ISA (the UART), no VGA; the bit for a keyboard controller is clear.
    /// </summary>
    private const ushort BootArchitecture = (1 << 0) | (1 << 2);

    /// <summary>
    /// WBINVD works, C1 on all processors, no sleep button (the power button is a fixed one), the RTC wakes nobody, the
    /// timer has 32 bits, the reset register is there.
    /// </summary>
    private const uint Flags = (1 << 0) | (1 << 2) | (1 << 5) | (1 << 6) | (1 << 8) | (1 << 10);

    private const byte PortSpace = 1;
    private const int AddressLength = 12;

    public static ByteWriter Build(uint facs, uint dsdt)
    {
        ByteWriter table = AcpiTable.Begin("FACP", Revision)
            .Write32(facs)
            .Write32(dsdt)
            .Write8(0)
            .Write8(ServerProfile)
            .Write16(PcLayout.SciIrq)
            .WriteZeroes(8) // No SMI command: the machine is in ACPI mode from the start.
            .Write32(PcLayout.Pm1EventPort)
            .Write32(0)
            .Write32(PcLayout.Pm1ControlPort)
            .Write32(0)
            .Write32(0)
            .Write32(PcLayout.PmTimerPort)
            .Write32(PcLayout.Gpe0Port)
            .Write32(0)
            .Write8(PcLayout.Pm1EventLength)
            .Write8(PcLayout.Pm1ControlLength)
            .Write8(0)
            .Write8(PcLayout.PmTimerLength)
            .Write8(PcLayout.Gpe0Length)
            .WriteZeroes(3)
            .Write16(NoC2)
            .Write16(NoC3)
            .WriteZeroes(8) // Cache flush by size, throttling, and the RTC's alarms beyond a day: none.
            .Write8(PcLayout.RtcCenturyIndex)
            .Write16(BootArchitecture)
            .Write8(0)
            .Write32(Flags);
        WriteAddress(table, PcLayout.ResetControlPort, 1);
        _ = table.Write8(PcLayout.ResetValue).Write16(0).Write8(MinorRevision).Write64(0).Write64(dsdt);
        WriteAddress(table, PcLayout.Pm1EventPort, PcLayout.Pm1EventLength);
        _ = table.WriteZeroes(AddressLength);
        WriteAddress(table, PcLayout.Pm1ControlPort, PcLayout.Pm1ControlLength);
        _ = table.WriteZeroes(AddressLength * 2);
        WriteAddress(table, PcLayout.PmTimerPort, PcLayout.PmTimerLength);
        WriteAddress(table, PcLayout.Gpe0Port, PcLayout.Gpe0Length);

        // GPE1, the sleep registers of the reduced kind, and the hypervisor's identity.
        return AcpiTable.Finish(table.WriteZeroes(AddressLength * 3).WriteZeroes(8));
    }

    /// <summary>A generic address (ACPI 6.5, 5.2.3.2) of a register block in I/O space.</summary>
    private static void WriteAddress(ByteWriter table, ushort port, byte length)
    {
        byte accessSize = length switch
        {
            1 => 1,
            2 => 2,
            _ => 3,
        };
        _ = table.Write8(PortSpace).Write8((byte)(length * 8)).Write8(0).Write8(accessSize).Write64(port);
    }
}
