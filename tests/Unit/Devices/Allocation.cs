// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Hypervisor.Unit.Devices;

/// <summary>Proves that a piece of code allocates nothing.</summary>
internal static class Allocation
{
    /// <summary>Runs the code once to warm it up, then again with the bytes counted.</summary>
    public static void AssertNone(Action code)
    {
        code();
        long before = GC.GetAllocatedBytesForCurrentThread();
        code();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
