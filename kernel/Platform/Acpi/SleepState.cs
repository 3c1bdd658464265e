// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Hypervisor.Platform.Acpi;

/// <summary>
/// The values that switch the power off: the package \_S5 in the DSDT or an SSDT (ACPI 6.4, 7.4.2). They are found by
/// the bytes of <c>Name (_S5, Package {...})</c>; there is no interpreter for the rest of the language.
/// </summary>
public readonly struct SleepState
{
    private const byte NameOperator = 0x08;
    private const byte RootPrefix = 0x5c;
    private const byte PackageOperator = 0x12;
    private const byte BytePrefix = 0x0a;
    private const byte WordPrefix = 0x0b;
    private const byte DoubleWordPrefix = 0x0c;

    public readonly bool IsKnown;

    /// <summary>What goes to SLP_TYP of PM1a_CNT and of PM1b_CNT, 0..7.</summary>
    public readonly byte TypeA;
    public readonly byte TypeB;

    private SleepState(byte typeA, byte typeB)
    {
        IsKnown = true;
        TypeA = typeA;
        TypeB = typeB;
    }

    /// <summary>Looks through the DSDT, then through all SSDTs.</summary>
    public static SleepState FindPowerOff(AcpiTables tables, FixedDescription description)
    {
        SleepState state = Find(tables.MapTable(description.DsdtAddress, "DSDT"u8));
        for (int index = 0; !state.IsKnown; index++)
        {
            ReadOnlySpan<byte> table = tables.Find("SSDT"u8, index);
            if (table.IsEmpty)
            {
                break;
            }

            state = Find(table);
        }

        return state;
    }

    internal static SleepState Find(ReadOnlySpan<byte> table)
    {
        ReadOnlySpan<byte> name = "_S5_"u8;
        for (int at = AcpiTables.HeaderSize; at + name.Length < table.Length; at++)
        {
            // Another name may end in the same letters: only a definition of this one counts.
            bool isDefinition =
                table[at - 1] == NameOperator || (table[at - 1] == RootPrefix && table[at - 2] == NameOperator);
            if (isDefinition
                && table[at..].StartsWith(name)
                && TryReadPackage(table[(at + name.Length)..], out SleepState state))
            {
                return state;
            }
        }

        return default;
    }

    private static bool TryReadPackage(ReadOnlySpan<byte> code, out SleepState state)
    {
        state = default;
        if (code.Length < 3 || code[0] != PackageOperator)
        {
            return false;
        }

        // The two upper bits of the first byte say how many more bytes the length takes; then comes the element count.
        int at = 2 + (code[1] >> 6);
        if (at >= code.Length || code[at] == 0)
        {
            return false;
        }

        int elements = code[at++];
        if (!TryReadInteger(code, ref at, out uint typeA))
        {
            return false;
        }

        uint typeB = 0;
        if (elements > 1 && !TryReadInteger(code, ref at, out typeB))
        {
            return false;
        }

        state = new SleepState((byte)(typeA & 7), (byte)(typeB & 7));
        return true;
    }

    private static bool TryReadInteger(ReadOnlySpan<byte> code, ref int at, out uint value)
    {
        value = 0;
        if (at >= code.Length)
        {
            return false;
        }

        byte prefix = code[at++];
        ReadOnlySpan<byte> rest = code[at..];
        switch (prefix)
        {
            case 0 or 1:
                value = prefix;
                return true;
            case BytePrefix when rest.Length >= sizeof(byte):
                value = rest[0];
                at += sizeof(byte);
                return true;
            case WordPrefix when rest.Length >= sizeof(ushort):
                value = BinaryPrimitives.ReadUInt16LittleEndian(rest);
                at += sizeof(ushort);
                return true;
            case DoubleWordPrefix when rest.Length >= sizeof(uint):
                value = BinaryPrimitives.ReadUInt32LittleEndian(rest);
                at += sizeof(uint);
                return true;
            default:
                return false;
        }
    }
}
