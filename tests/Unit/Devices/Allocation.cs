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
    /// and what it takes for that on this thread counts too: once is forgiven.
    /// </summary>
    public static void AssertNone(Action code)
    {
        code();
        if (BytesOf(code) != 0)
        {
            for (int attempt = 0; attempt < Tries; attempt++)
            {
                Assert.Equal(0, BytesOf(code));
            }
        }
    }

    private static long BytesOf(Action code)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        code();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
