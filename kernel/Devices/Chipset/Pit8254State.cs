// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>What the PIT keeps beside its counters.</summary>
public struct Pit8254State
{
    /// <summary>Port 0x61, bits 3:0 as written: gate of counter 2, speaker data, two check enables.</summary>
    public byte SystemControlB;

    /// <summary>Interrupts of counter 0 given since it was loaded, lost ones included.</summary>
    public ulong TicksGiven;

    /// <summary>Interrupts of counter 0 that were dropped because too many were due at once.</summary>
    public ulong TicksLost;
}
