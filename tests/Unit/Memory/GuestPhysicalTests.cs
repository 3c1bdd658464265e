// SPDX-License-Identifier: MIT
using System;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>The checked arithmetic of addresses.</summary>
public sealed class GuestPhysicalTests
{
    [Fact]
    public void Add_Overflow_IsAFault()
    {
        var address = new GuestPhysical(ulong.MaxValue - 3);
        Assert.Equal(ulong.MaxValue, address.Add(3).Value);
        Assert.Throws<OverflowException>(() => address.Add(4));
    }

    [Fact]
    public void TryAdd_AgreesWithWideArithmetic()
    {
        Prop.ForAll<ulong, ulong>((start, bytes) =>
        {
            UInt128 sum = (UInt128)start + bytes;
            bool fits = new GuestPhysical(start).TryAdd(bytes, out GuestPhysical result);
            return fits == (sum <= ulong.MaxValue) && result.Value == (ulong)sum;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0x1fffUL, 0x1000UL, 0x1000UL, 0xfffUL)]
    [InlineData(0x2000UL, 0x1000UL, 0x2000UL, 0UL)]
    [InlineData(ulong.MaxValue, 0x200000UL, 0xffffffffffe00000UL, 0x1fffffUL)]
    public void AlignDown_And_OffsetIn_SplitAnAddress(ulong value, ulong size, ulong start, ulong offset)
    {
        var address = new GuestPhysical(value);
        Assert.Equal(start, address.AlignDown(size).Value);
        Assert.Equal(offset, address.OffsetIn(size));
    }

    [Theory]
    [InlineData(0x1000UL, 0x1000UL, true)]
    [InlineData(0x1000UL, 0x1001UL, false)]
    [InlineData(0xfffUL, 1UL, false)]
    [InlineData(0x2000UL, 0UL, true)]
    [InlineData(0x2000UL, 1UL, false)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, false)]
    public void GuestRange_Contains_ChecksTheWholeAccess(ulong address, ulong length, bool expected)
    {
        var range = new GuestRange(new GuestPhysical(0x1000), 0x1000);
        Assert.Equal(expected, range.Contains(new GuestPhysical(address), length));
    }
}
