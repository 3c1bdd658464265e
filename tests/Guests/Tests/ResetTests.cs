// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// The ways out: each ends the guest, so each is run by its name, and whoever runs it sees the machine start again
/// (or end, where it is told not to restart).
/// </summary>
internal static class ResetTests
{
    [GuestTest(OnlyByName = true)]
    internal static void TripleFault()
    {
        Announce();
        // push 0; push 0; lidt [rsp]; ud2: with an empty table neither the exception nor the double fault is delivered.
        _ = MachineCode.Run([0x6a, 0x00, 0x6a, 0x00, 0x0f, 0x01, 0x1c, 0x24, 0x0f, 0x0b]);
        Stay();
    }

    [GuestTest(OnlyByName = true)]
    internal static void ResetControl()
    {
        Announce();
        Instructions.Out8(0xcf9, 0x02);
        Instructions.Out8(0xcf9, 0x06);
        Stay();
    }

    [GuestTest(OnlyByName = true)]
    internal static void KeyboardController()
    {
        Announce();
        Instructions.Out8(0x64, 0xfe);
        Stay();
    }

    [GuestTest(OnlyByName = true)]
    internal static void AcpiRegister()
    {
        ReadOnlySpan<byte> fadt = AcpiTables.Find("FACP"u8);
        if (fadt.Length < 129 || (AcpiTables.ReadUInt32(fadt, 112) & 0x400) == 0 || fadt[116] != 1)
        {
            Check.Skip("no reset register");
        }
        Announce();
        Instructions.Out8((ushort)AcpiTables.ReadUInt32(fadt, 120), fadt[128]);
        Stay();
    }

    [GuestTest(OnlyByName = true)]
    internal static void PowerOff()
    {
        Announce();
        Power.TrySleep();
        Stay();
    }

    private static void Announce() => GuestConsole.WriteLine(" LEAVING");

    private static void Stay()
    {
        Time.Wait(2_000_000);
        Check.Fail("still here");
    }
}
