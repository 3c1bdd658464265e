// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Devices.Bus;

/// <summary>A machine that was put together wrongly: found while it is built, before its guest runs.</summary>
internal static class BusConflict
{
    [DoesNotReturn]
    public static void ThrowOverlap(Device added, Device existing) =>
        throw new InvalidOperationException("Range of " + added.Name + " overlaps range of " + existing.Name);

    [DoesNotReturn]
    public static void ThrowRange(Device added) =>
        throw new InvalidOperationException("Range of " + added.Name + " does not fit on the bus");
}
