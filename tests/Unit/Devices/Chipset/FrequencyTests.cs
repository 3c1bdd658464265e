// SPDX-License-Identifier: MIT
using System;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Devices.Chipset;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

public sealed class FrequencyTests
{
    [Fact]
    public void TicksIn_AgreesWithWideArithmetic()
    {
        Prop.ForAll<ulong, ulong>((time, rate) =>
        {
            ulong hertz = (rate % Frequency.Highest) + 1;
            ulong nanoseconds = time % 1_000_000_000_000_000_000;
            ulong expected = (ulong)((UInt128)nanoseconds * hertz / 1_000_000_000);
            return Frequency.TicksIn(nanoseconds, hertz) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NanosecondsFor_IsTheFirstMomentAtWhichTheTicksHavePassed()
    {
        Prop.ForAll<uint, ulong>((ticks, rate) =>
        {
            ulong hertz = (rate % Frequency.Highest) + 1;
            ulong nanoseconds = Frequency.NanosecondsFor(ticks, hertz);
            return Frequency.TicksIn(nanoseconds, hertz) >= ticks
                && (nanoseconds == 0 || hertz > 1_000_000_000 || Frequency.TicksIn(nanoseconds - 1, hertz) < ticks);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void NanosecondsFor_Saturates() =>
        Assert.Equal(ulong.MaxValue, Frequency.NanosecondsFor(ulong.MaxValue, 1_000));
}
