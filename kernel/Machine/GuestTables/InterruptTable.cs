// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;

namespace Hypervisor.Machine.GuestTables;

/// <summary>The MADT: processors, the I/O APIC, and how ISA's interrupts reach it (ACPI 6.5, 5.2.12).</summary>
internal static class InterruptTable
{
    private const byte Revision = 5;

    /// <summary>The two 8259s are there as well.</summary>
    private const uint PcCompatible = 1;
    private const uint Enabled = 1;

    private const byte LocalApicEntry = 0;
    private const byte IoApicEntry = 1;
    private const byte OverrideEntry = 2;
    private const byte LocalNmiEntry = 4;
    private const byte AllProcessors = 0xFF;

    /// <summary>As the ISA bus has it: edge-triggered, active high.</summary>
    private const ushort BusDefault = 0;
    private const ushort LevelActiveHigh = 0xD;

    public static ByteWriter Build(int processors)
    {
        ByteWriter table = AcpiTable.Begin("APIC", Revision);
        _ = table.Write32((uint)PcLayout.LocalApicBase).Write32(PcCompatible);
        for (int i = 0; i < processors; i++)
        {
            _ = table.Write8(LocalApicEntry).Write8(8).Write8((byte)i).Write8((byte)i).Write32(Enabled);
        }

        _ = table.Write8(IoApicEntry).Write8(12).Write8(PcLayout.IoApicId).Write8(0)
            .Write32((uint)PcLayout.IoApicBase).Write32(0);
        WriteOverride(table, PcLayout.TimerIrq, PcLayout.TimerGsi, BusDefault);
        WriteOverride(table, PcLayout.SciIrq, PcLayout.SciIrq, LevelActiveHigh);

        // LINT1 is the NMI of every processor.
        _ = table.Write8(LocalNmiEntry).Write8(6).Write8(AllProcessors).Write16(BusDefault).Write8(1);
        return AcpiTable.Finish(table);
    }

    private static void WriteOverride(ByteWriter table, int irq, int gsi, ushort flags) =>
        _ = table.Write8(OverrideEntry).Write8(10).Write8(0).Write8((byte)irq).Write32((uint)gsi).Write16(flags);
}
