// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Hypervisor.Platform.Acpi;

/// <summary>
/// The processors and interrupt controllers of the machine, and how the old ISA interrupts are wired to them (MADT;
/// ACPI 6.4, 5.2.12). Without the table: one processor, one IOAPIC at the usual place, ISA interrupts one to one.
/// </summary>
public sealed class InterruptTopology
{
    public const int MaximumProcessors = 256;
    public const int MaximumControllers = 16;
    public const int IsaInterrupts = 16;

    private const int EntriesOffset = 44;
    private const ulong UsualLocalApic = 0xfee0_0000;
    private const ulong UsualIoApic = 0xfec0_0000;
    private const uint Enabled = 1;
    private const uint LegacyController = 1;

    private readonly uint[] _processors = new uint[MaximumProcessors];
    private readonly IoApicDescription[] _controllers = new IoApicDescription[MaximumControllers];
    private readonly IsaOverride[] _overrides = new IsaOverride[IsaInterrupts];

    public InterruptTopology(AcpiTables tables)
    {
        ReadOnlySpan<byte> table = tables.Find("APIC"u8);
        LocalApicAddress = UsualLocalApic;
        HasLegacyController = true;
        for (int irq = 0; irq < IsaInterrupts; irq++)
        {
            _overrides[irq] = new IsaOverride((uint)irq, 0);
        }

        if (table.Length < EntriesOffset)
        {
            AddController(new IoApicDescription(UsualIoApic, 0));
            return;
        }

        LocalApicAddress = BinaryPrimitives.ReadUInt32LittleEndian(table[36..]);
        HasLegacyController = (BinaryPrimitives.ReadUInt32LittleEndian(table[40..]) & LegacyController) != 0;
        ReadEntries(table[EntriesOffset..]);
    }

    /// <summary>Physical address of every processor's local APIC.</summary>
    public ulong LocalApicAddress { get; private set; }

    /// <summary>True where the two 8259 are there and have to be silenced.</summary>
    public bool HasLegacyController { get; }

    /// <summary>
    /// APIC identifiers of the processors that can be started, the boot processor among them; empty without the table.
    /// </summary>
    public ReadOnlySpan<uint> Processors => new(_processors, 0, ProcessorCount);

    public int ProcessorCount { get; private set; }

    /// <summary>Processors in the table beyond those that we have room for.</summary>
    public int ProcessorsLeftOut { get; private set; }

    public ReadOnlySpan<IoApicDescription> Controllers => new(_controllers, 0, ControllerCount);

    public int ControllerCount { get; private set; }

    /// <summary>Where an ISA interrupt, 0..15, arrives and how it signals.</summary>
    public IsaOverride GetIsa(int irq) => _overrides[irq];

    private void ReadEntries(ReadOnlySpan<byte> entries)
    {
        while (entries.Length >= 2)
        {
            int length = entries[1];
            if (length < 2 || length > entries.Length)
            {
                return;
            }

            ReadEntry(entries[..length]);
            entries = entries[length..];
        }
    }

    private void ReadEntry(ReadOnlySpan<byte> entry)
    {
        switch (entry[0])
        {
            case 0 when entry.Length >= 8:
                AddProcessor(entry[3], BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]));
                break;
            case 1 when entry.Length >= 12:
                AddController(new IoApicDescription(
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[8..])));
                break;
            case 2 when entry.Length >= 10 && entry[3] < IsaInterrupts:
                _overrides[entry[3]] = new IsaOverride(
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]));
                break;
            case 5 when entry.Length >= 12:
                LocalApicAddress = BinaryPrimitives.ReadUInt64LittleEndian(entry[4..]);
                break;
            case 9 when entry.Length >= 16:
                AddProcessor(
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
                break;
            default:
                break;
        }
    }

    private void AddProcessor(uint apicId, uint flags)
    {
        if ((flags & Enabled) == 0 || Processors.Contains(apicId))
        {
            return;
        }

        if (ProcessorCount == MaximumProcessors)
        {
            ProcessorsLeftOut++;
            return;
        }

        _processors[ProcessorCount++] = apicId;
    }

    private void AddController(IoApicDescription controller)
    {
        if (ControllerCount < MaximumControllers && controller.Address != 0)
        {
            _controllers[ControllerCount++] = controller;
        }
    }
}
