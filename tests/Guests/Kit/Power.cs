// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>The end of a run: QEMU's debug-exit port where it exists, else ACPI's sleep state 5.</summary>
internal static class Power
{
    private const ushort DebugExitPort = 0xf4;
    private const byte ExitPassed = 0x10;
    private const byte ExitFailed = 0x11;
    private const int FadtPm1aControl = 64;
    private const int FadtDsdt = 40;
    private const ushort SleepEnable = 1 << 13;

    [DoesNotReturn]
    internal static void Off(bool passed)
    {
        Instructions.Out8(DebugExitPort, passed ? ExitPassed : ExitFailed);
        TrySleep();
        while (true)
        {
            Instructions.DisableInterrupts();
            Instructions.Halt();
        }
    }

    /// <summary>Asks for sleep state 5; returns where the machine stays on.</summary>
    internal static void TrySleep()
    {
        ReadOnlySpan<byte> fadt = AcpiTables.Find("FACP"u8);
        if (fadt.Length == 0)
        {
            return;
        }
        ushort port = (ushort)AcpiTables.ReadUInt32(fadt, FadtPm1aControl);
        int type = FindSleepType(AcpiTables.Table(AcpiTables.ReadUInt32(fadt, FadtDsdt)));
        if (type >= 0)
        {
            Instructions.Out16(port, (ushort)((type << 10) | SleepEnable));
        }
    }

    /// <summary>
    /// The first number of the package _S5 (ACPI 6.4, 7.4.2); -1 where the DSDT has none in the plain form.
    /// </summary>
    internal static int FindSleepType(ReadOnlySpan<byte> dsdt)
    {
        int at = dsdt.IndexOf("_S5_"u8);
        if (at < 0 || at + 8 > dsdt.Length || dsdt[at + 4] != 0x12)
        {
            return -1;
        }
        // PackageOp, PkgLength (one byte), NumElements, then the number: 0 and 1 have codes of their own, others a
        // prefix.
        byte first = dsdt[at + 7];
        return first switch
        {
            0x00 or 0x01 => first,
            0x0a => dsdt[at + 8],
            _ => -1,
        };
    }
}
