// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Paravirtual;
using Xunit;

namespace Hypervisor.Unit.Devices.Paravirtual;

public sealed class TimeScaleTests
{
    [Theory]
    [InlineData(1_000_000_000UL)]
    [InlineData(2_249_998_000UL)]
    [InlineData(999_999_999UL)]
    [InlineData(33_000_000UL)]
    [InlineData(17_000_000_000UL)]
    public void ScaledTicks_AreNanoseconds(ulong frequency)
    {
        var scale = new TimeScale(frequency);
        ulong ticks = frequency;
        UInt128 shifted = scale.Shift < 0 ? (UInt128)ticks >> -scale.Shift : (UInt128)ticks << scale.Shift;
        ulong nanoseconds = (ulong)(shifted * scale.Multiplier >> 32);
        Assert.InRange(nanoseconds, 999_999_990UL, 1_000_000_000UL);
    }
}
