// SPDX-License-Identifier: MIT
using System;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>The only way into guest RAM: bounds, alignment, single accesses.</summary>
public sealed class GuestMemoryTests
{
    private const ulong LowEnd = 0xa0000;
    private const ulong HighStart = 0x100000;
    private const ulong HighEnd = 0x300000;

    private readonly GuestMemory _memory = HostGuestMemory.Create(
        new GuestRange(new GuestPhysical(0), LowEnd),
        new GuestRange(new GuestPhysical(HighStart), HighEnd - HighStart));

    [Fact]
    public void Size_IsTheSumOfTheRanges() => Assert.Equal(LowEnd + HighEnd - HighStart, _memory.Size);

    [Fact]
    public void Contains_AgreesWithWideArithmetic()
    {
        Gen<ulong> addresses = Gen.OneOf(
            Gen.Choose(0, 0x310000).Select(value => (ulong)value),
            Gen.Elements(0UL, LowEnd - 1, LowEnd, HighStart, HighEnd - 1, HighEnd, ulong.MaxValue, ulong.MaxValue - 7));
        Gen<ulong> lengths = Gen.OneOf(
            Gen.Choose(0, 0x200001).Select(value => (ulong)value),
            Gen.Elements(0UL, 1UL, 8UL, HighEnd - HighStart, ulong.MaxValue));
        Prop.ForAll(addresses.ToArbitrary(), lengths.ToArbitrary(), (address, length) =>
        {
            UInt128 end = (UInt128)address + length;
            bool low = end <= LowEnd;
            bool high = address >= HighStart && end <= HighEnd;
            return _memory.Contains(new GuestPhysical(address), length) == (low || high);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(LowEnd - 7)]
    [InlineData(LowEnd - 1)]
    [InlineData(LowEnd)]
    [InlineData(HighStart - 1)]
    [InlineData(HighEnd - 7)]
    [InlineData(ulong.MaxValue - 3)]
    public void AnAccessThatLeavesItsRange_DoesNothing(ulong address)
    {
        var at = new GuestPhysical(address);
        Assert.False(_memory.TryWrite(at, ulong.MaxValue));
        Assert.False(_memory.TryWrite(at, 8, ulong.MaxValue));
        Assert.False(_memory.TryRead(at, out ulong value));
        Assert.Equal(0UL, value);
        Assert.False(_memory.TryCompareExchange(at, 0UL, 1UL, out _));
        Assert.False(_memory.TryCopyOut(at, new byte[8]));
        Assert.False(_memory.TryCopyIn(at, new byte[8]));
        Assert.False(_memory.TryFill(at, 8, 1));
        byte[] tail = new byte[7];
        Assert.True(_memory.TryCopyIn(new GuestPhysical(LowEnd - 7), tail));
        Assert.All(tail, x => Assert.Equal(0, x));
    }

    [Fact]
    public void EverySizeAtEveryAlignment_ReadsBackWhatWasWritten()
    {
        Prop.ForAll(
            Gen.Choose(0, 4095).ToArbitrary(),
            Gen.Elements(1, 2, 4, 8).ToArbitrary(),
            ArbMap.Default.ArbFor<ulong>(),
            (offset, size, value) =>
            {
                var at = new GuestPhysical(HighStart + (ulong)offset);
                ulong mask = size == 8 ? ulong.MaxValue : (1UL << (size * 8)) - 1;
                bool wrote = _memory.TryFill(at, 8, 0xee) && _memory.TryWrite(at, size, value);
                bool read = _memory.TryRead(at, size, out ulong back) && _memory.TryRead(at, out ulong wide);
                return wrote && read && back == (value & mask);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void TypedAccesses_WriteOnlyTheirOwnBytes()
    {
        var at = new GuestPhysical(0x1001);
        Assert.True(_memory.TryFill(new GuestPhysical(0x1000), 16, 0x55));
        Assert.True(_memory.TryWrite(at, (byte)0xa1));
        Assert.True(_memory.TryWrite(at.Add(1), (ushort)0xb2b3));
        Assert.True(_memory.TryWrite(at.Add(3), 0xc1c2c3c4u));
        byte[] bytes = new byte[10];
        Assert.True(_memory.TryCopyIn(new GuestPhysical(0x1000), bytes));
        Assert.Equal([0x55, 0xa1, 0xb3, 0xb2, 0xc4, 0xc3, 0xc2, 0xc1, 0x55, 0x55], bytes);
        Assert.True(_memory.TryRead(at, out ThreeBytes three));
        Assert.Equal((0xa1, 0xb3, 0xb2), (three.First, three.Second, three.Third));
        Assert.True(_memory.TryWrite(at.Add(7), three));
        Assert.True(_memory.TryRead(at.Add(7), 4, out ulong four));
        Assert.Equal(0x55b2b3a1UL, four);
    }

    [Fact]
    public void CompareExchange_ReportsWhatWasThere()
    {
        var at = new GuestPhysical(0x2000);
        Assert.True(_memory.TryWrite(at, 5UL));
        Assert.True(_memory.TryCompareExchange(at, 4UL, 9UL, out ulong previous));
        Assert.Equal(5UL, previous);
        Assert.True(_memory.TryCompareExchange(at, 5UL, 9UL, out previous));
        Assert.Equal(5UL, previous);
        Assert.True(_memory.TryCompareExchange(at, 9u, 7u, out uint narrow));
        Assert.Equal(9u, narrow);
        Assert.True(_memory.TryRead(at, out ulong now));
        Assert.Equal(7UL, now);
    }

    [Fact]
    public void ASizeThatNoAccessHas_IsAFault()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.TryRead(new GuestPhysical(0), 3, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.TryWrite(new GuestPhysical(0), 16, 0));
    }

    [Fact]
    public void Clamp_KeepsIndicesInside()
    {
        Prop.ForAll<ulong, int>((index, size) =>
        {
            ulong length = (ulong)Math.Abs((long)size) + 1;
            ulong expected = index < length ? index : 0;
            return GuestIndex.Clamp(index, length) == expected;
        }).QuickCheckThrowOnFailure();
        Assert.Equal(6, GuestIndex.Clamp(6, 7));
        Assert.Equal(0, GuestIndex.Clamp(7, 7));
        Assert.Equal(0, GuestIndex.Clamp(-1, 7));
        Assert.Equal(0, GuestIndex.Clamp(int.MinValue, 7));
        Assert.Equal(0, GuestIndex.Clamp(0, 0));
    }

    private readonly record struct ThreeBytes(byte First, byte Second, byte Third);
}
