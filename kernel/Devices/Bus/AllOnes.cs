// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Bus;

/// <summary>What a bus without an answer reads as.</summary>
public static class AllOnes
{
    /// <summary>1, 2, 4 or 8 bytes of ones, zero-extended.</summary>
    public static ulong OfSize(int size) => ulong.MaxValue >> (64 - (8 * size));
}
