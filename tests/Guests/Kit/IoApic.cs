// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>The I/O APIC's two windows and its redirection table.</summary>
internal static class IoApic
{
    internal const ulong Base = 0xfec00000;
    internal const uint LevelTriggered = 1 << 15;
    internal const uint Masked = 1 << 16;
    internal const uint VersionRegister = 1;

    /// <summary>IRQ 0 arrives at pin 2: the interrupt source override of every PC.</summary>
    internal const int PitPin = 2;

    private const uint Window = 0x10;
    private const uint FirstEntry = 0x10;

    internal static uint Read(uint register)
    {
        Mmio.Write(Base, register);
        return Mmio.Read(Base + Window);
    }

    internal static void Write(uint register, uint value)
    {
        Mmio.Write(Base, register);
        Mmio.Write(Base + Window, value);
    }

    internal static void SetEntry(int pin, uint low, uint high = 0)
    {
        Write(FirstEntry + ((uint)pin * 2) + 1, high);
        Write(FirstEntry + ((uint)pin * 2), low);
    }

    internal static uint GetEntry(int pin) => Read(FirstEntry + ((uint)pin * 2));
}
