// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;

namespace Hypervisor.Unit.Devices;

/// <summary>Random accesses to a device: none may throw, and none may allocate.</summary>
internal static class HostileTraffic
{
    private const int Rounds = 20_000;

    /// <param name="length">The device's offsets are 0 to this.</param>
    /// <param name="also">What else may happen between two accesses.</param>
    public static void Run(Device device, int length, Action<Random>? also = null, int maximumSize = 4)
    {
        var random = new Random(20_241_122);
        Allocation.AssertNone(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                Access(device, length, maximumSize, random);
                also?.Invoke(random);
            }
        });
    }

    private static void Access(Device device, int length, int maximumSize, Random random)
    {
        int size = 1 << random.Next(4);
        while (size > maximumSize || size > length)
        {
            size >>= 1;
        }

        ulong offset = (ulong)random.Next(length - size + 1);
        ulong value = (ulong)random.NextInt64();
        device.Lock.Acquire();
        if (random.Next(2) == 0)
        {
            _ = device.Read(offset, size);
        }
        else
        {
            device.Write(offset, size, value);
        }

        device.Lock.Release();
    }
}
