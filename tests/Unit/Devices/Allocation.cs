// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Hypervisor.Unit.Devices;

/// <summary>Proves that a piece of code allocates nothing.</summary>
internal static class Allocation
{
    private const int Tries = 5;

    /// <summary>
    /// Runs the code once to warm it up, then again with the bytes counted. The runtime compiles methods at any time,
    /// and what it takes for that on this thread counts too: once, where code that allocates does so each time.
    /// </summary>
    public static void AssertNone(Action code)
    {
        code();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Tries && least != 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            code();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
