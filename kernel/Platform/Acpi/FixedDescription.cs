// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Hypervisor.Platform.Acpi;

/// <summary>
/// The fixed hardware of the board (FADT; ACPI 6.4, 5.2.9): power management registers, reset, and where the DSDT is.
/// Of a table that is absent or short everything is "not there".
/// </summary>
public sealed class FixedDescription
{
    private const uint ResetSupported = 1 << 10;
    private const uint LongPowerTimer = 1 << 8;

    public FixedDescription(AcpiTables tables)
    {
        ReadOnlySpan<byte> table = tables.Find("FACP"u8);
        uint flags = Read32(table, 112);
        DsdtAddress = table.Length >= 148 ? BinaryPrimitives.ReadUInt64LittleEndian(table[140..]) : 0;
        DsdtAddress = DsdtAddress != 0 ? DsdtAddress : Read32(table, 40);
        EnableCommandPort = (ushort)Read32(table, 48);
        EnableCommand = table.Length > 52 ? table[52] : (byte)0;
        ControlA = Block(table, 172, 64);
        ControlB = Block(table, 184, 68);
        PowerTimer = Block(table, 208, 76);
        IsPowerTimerLong = (flags & LongPowerTimer) != 0;
        if ((flags & ResetSupported) != 0 && table.Length > 128)
        {
            Reset = RegisterAddress.Read(table, 116);
            ResetValue = table[128];
        }
    }

    /// <summary>Physical address of the DSDT; 0 without one.</summary>
    public ulong DsdtAddress { get; }

    /// <summary>
    /// The port and the value that hand power management over from the firmware; port 0: nothing to do.
    /// </summary>
    public ushort EnableCommandPort { get; }

    public byte EnableCommand { get; }

    /// <summary>PM1a_CNT and PM1b_CNT: sleep type and sleep enable.</summary>
    public RegisterAddress ControlA { get; }

    public RegisterAddress ControlB { get; }

    /// <summary>The power-management timer: 3.579545 MHz, 24 bits or 32.</summary>
    public RegisterAddress PowerTimer { get; }

    public bool IsPowerTimerLong { get; }

    /// <summary>
    /// Where <see cref="ResetValue"/> is written to reset the board; not present where that is not supported.
    /// </summary>
    public RegisterAddress Reset { get; }

    public byte ResetValue { get; }

    /// <summary>A register block: its extended form where that is there, else the port of the old form.</summary>
    private static RegisterAddress Block(ReadOnlySpan<byte> table, int extended, int old)
    {
        RegisterAddress address = RegisterAddress.Read(table, extended);
        return address.IsPresent ? address : new RegisterAddress(RegisterAddress.PortSpace, Read32(table, old));
    }

    private static uint Read32(ReadOnlySpan<byte> table, int offset) =>
        table.Length < offset + sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(table[offset..]);
}
