// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>The first serial port (16550A): its registers, and that its interrupt reaches the I/O APIC.</summary>
internal static class UartTests
{
    private const ushort Base = 0x3f8;
    private const ushort InterruptEnable = Base + 1;
    private const ushort InterruptIdentity = Base + 2;
    private const ushort LineControl = Base + 3;
    private const ushort ModemControl = Base + 4;
    private const ushort LineStatus = Base + 5;
    private const byte DivisorLatch = 0x80;
    private const byte Loopback = 0x10;
    private const byte InterruptGateOpen = 0x08;
    private const int Pin = 4;
    private const int Vector = 0x74;

    [GuestTest]
    internal static void KeepsItsDivisor()
    {
        byte control = Instructions.In8(LineControl);
        Instructions.Out8(LineControl, DivisorLatch | 3);
        byte low = Instructions.In8(Base);
        byte high = Instructions.In8(InterruptEnable);
        Instructions.Out8(Base, 0x34);
        Instructions.Out8(InterruptEnable, 0x12);
        int divisor = Instructions.In8(Base) | (Instructions.In8(InterruptEnable) << 8);
        Instructions.Out8(Base, low);
        Instructions.Out8(InterruptEnable, high);
        Instructions.Out8(LineControl, control);
        Check.Equal(0x1234, divisor, "divisor");
    }

    [GuestTest]
    internal static void LoopsBack()
    {
        WaitUntilEmpty();
        Instructions.Out8(InterruptIdentity, 0x07);
        byte modem = Instructions.In8(ModemControl);
        Instructions.Out8(ModemControl, Loopback);
        Instructions.Out8(Base, 0xa7);
        Time.Wait(1000);
        byte status = Instructions.In8(LineStatus);
        byte value = Instructions.In8(Base);
        Instructions.Out8(ModemControl, modem);
        Check.Equal(1, status & 1, "data ready");
        Check.Equal(0xa7, value, "the byte that came back");
    }

    [GuestTest]
    internal static void InterruptsWhenEmpty()
    {
        TimerTests.Prepare();
        WaitUntilEmpty();
        IoApic.SetEntry(Pin, Vector, LocalApic.Read(LocalApic.Id));
        byte modem = Instructions.In8(ModemControl);
        Instructions.Out8(ModemControl, (byte)(modem | InterruptGateOpen));
        Instructions.Out8(InterruptEnable, 2);
        bool came = Interrupts.WaitFor(Vector, 1);
        byte identity = Instructions.In8(InterruptIdentity);
        Instructions.Out8(InterruptEnable, 0);
        Instructions.Out8(ModemControl, modem);
        IoApic.SetEntry(Pin, IoApic.Masked);
        Check.That(came, "no interrupt");
        Check.Equal(2, identity & 0x0f, "identity");
    }

    private static void WaitUntilEmpty()
    {
        while ((Instructions.In8(LineStatus) & 0x60) != 0x60)
        {
            Instructions.Pause();
        }
    }
}
