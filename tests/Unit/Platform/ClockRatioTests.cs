// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Platform;

/// <summary>The arithmetic between clocks of two rates, against 128-bit numbers.</summary>
public sealed class ClockRatioTests
{
    [Theory]
    [InlineData(1UL, 1UL)]
    [InlineData(3UL, 4UL)]
    [InlineData(2_000_000_000UL, 2_250_000_123UL)]
    [InlineData(100_000_000UL, 4_999_999_999UL)]
    [InlineData(10_000_000_000UL, 1_000_000UL)]
    [InlineData(1_000_000_000UL, 7UL)]
    [InlineData(3UL, 9_000_000_000_000_000_000UL)]
    public void TheQuotient_HasThirtyTwoBitsOfFraction(ulong numerator, ulong denominator)
    {
        var ratio = new ClockRatio(numerator, denominator);
        Assert.Equal((ulong)(((UInt128)numerator << 32) / denominator), ratio.Value);
        foreach (ulong count in new ulong[] { 0, 1, 123_456_789_012, 1UL << 60, ulong.MaxValue })
        {
            Assert.Equal((ulong)(((UInt128)count * ratio.Value) >> 32), ratio.Scale(count));
        }
    }

    [Fact]
    public void BetweenEqualClocks_NothingChanges()
    {
        var ratio = new ClockRatio(2_250_000_123, 2_250_000_123);
        Assert.Equal(ulong.MaxValue, ratio.Scale(ulong.MaxValue));
        Assert.Equal(0x1234_5678_9ABC_DEF1UL, ratio.Scale(0x1234_5678_9ABC_DEF1));
    }

    /// <summary>In a year, of which a host's counter at 2.25 GHz counts 7 * 10^16.</summary>
    [Fact]
    public void AYear_IsLessThanATickASecondWrong()
    {
        const ulong Year = 365 * 86_400;
        ulong counted = new ClockRatio(1_999_999_000, 2_250_000_123).Scale(2_250_000_123 * Year);
        Assert.InRange(counted, 1_999_998_999 * Year, 1_999_999_000 * Year);
    }
}
