// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The host flavour has no image of its own.</summary>
public readonly struct BootLayout
{
    public const ulong GuardSize = 4096;

    public static readonly BootLayout Current;

    public readonly ulong ImageStart;
    public readonly ulong DoubleFaultStackEnd;
    public readonly ulong NmiStackEnd;
    public readonly ulong MachineCheckStackEnd;
    public readonly ulong FaultStackEnd;
    public readonly ulong InterruptStackEnd;
    public readonly ulong InterruptStackSize;
}
