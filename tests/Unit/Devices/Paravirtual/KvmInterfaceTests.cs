// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Paravirtual;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Devices.Paravirtual;

/// <summary>KVM's clock and wall clock as Linux reads them.</summary>
public sealed class KvmInterfaceTests
{
    private const uint WallClock = 0x4b56_4d00;
    private const uint SystemTime = 0x4b56_4d01;

    private readonly TestClock _clock = new();
    private readonly GuestMemory _memory = HostGuestMemory.Create(1 << 20);
    private readonly KvmInterface _kvm;

    public KvmInterfaceTests()
    {
        _clock.Advance(5_000_000_000);
        _kvm = new KvmInterface(2, _memory, _clock, isStable: true);
    }

    [Fact]
    public void SystemTime_GivesTheVmsNanoseconds()
    {
        Assert.True(_kvm.TryWriteMsr(0, SystemTime, 0x1001));
        _clock.Advance(1_234_567);
        Assert.Equal(_clock.Nanoseconds, ReadClock(0x1000));
        Assert.True(_kvm.TryReadMsr(0, SystemTime, out ulong value));
        Assert.Equal(0x1001UL, value);
        Assert.True(_kvm.TryReadMsr(1, SystemTime, out value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void Clocks_AgreeBetweenCpus()
    {
        Assert.True(_kvm.TryWriteMsr(0, SystemTime, 0x1001));
        _clock.Advance(777);
        Assert.True(_kvm.TryWriteMsr(1, SystemTime, 0x1041));
        _clock.Advance(123_456_789_012);
        Assert.Equal(ReadClock(0x1000), ReadClock(0x1040));
    }

    [Fact]
    public void Version_GrowsAndIsEven()
    {
        Assert.True(_kvm.TryWriteMsr(0, SystemTime, 0x1001));
        Assert.True(_memory.TryRead(new GuestPhysical(0x1000), out uint first));
        Assert.True(_kvm.TryWriteMsr(0, SystemTime, 0x1001));
        Assert.True(_memory.TryRead(new GuestPhysical(0x1000), out uint second));
        Assert.Equal(0u, first & 1);
        Assert.Equal(first + 2, second);
    }

    [Fact]
    public void DisabledClock_IsNotWritten()
    {
        Assert.True(_kvm.TryWriteMsr(0, SystemTime, 0x1000));
        Assert.True(_memory.TryRead(new GuestPhysical(0x1000), out ulong value));
        Assert.Equal(0UL, value);
    }

    [Fact]
    public void WallClock_IsTheMomentOfTheStart()
    {
        Assert.True(_kvm.TryWriteMsr(0, WallClock, 0x2000));
        Assert.True(_memory.TryRead(new GuestPhysical(0x2004), out uint seconds));
        Assert.True(_memory.TryRead(new GuestPhysical(0x2008), out uint nanoseconds));
        Assert.Equal(1_709_164_790u, seconds);
        Assert.Equal(0u, nanoseconds);
    }

    [Fact]
    public void AddressesOutsideRam_AreHarmless()
    {
        foreach (ulong address in new[] { 0x10_0001UL, 0xF_FFF1UL, ulong.MaxValue })
        {
            Assert.True(_kvm.TryWriteMsr(0, SystemTime, address));
            Assert.True(_kvm.TryWriteMsr(0, WallClock, address));
        }
    }

    [Theory]
    [InlineData(0x11u)]
    [InlineData(0x12u)]
    [InlineData(0x4b56_4d02u)]
    [InlineData(0x4b56_4d03u)]
    [InlineData(0x4b56_4d04u)]
    public void MsrsThatCpuidDoesNotOffer_AreNotThere(uint index)
    {
        Assert.False(_kvm.TryReadMsr(0, index, out _));
        Assert.False(_kvm.TryWriteMsr(0, index, 0));
    }

    [Fact]
    public void Writes_AllocateNothing() => Allocation.AssertNone(() =>
    {
        _ = _kvm.TryWriteMsr(0, SystemTime, 0x1001);
        _ = _kvm.TryWriteMsr(0, WallClock, 0x2000);
    });

    /// <summary>pvclock_clocksource_read in arch/x86/kernel/pvclock.c.</summary>
    private ulong ReadClock(ulong address)
    {
        Assert.True(_memory.TryRead(new GuestPhysical(address + 8), out ulong timestamp));
        Assert.True(_memory.TryRead(new GuestPhysical(address + 16), out ulong systemTime));
        Assert.True(_memory.TryRead(new GuestPhysical(address + 24), out uint multiplier));
        Assert.True(_memory.TryRead(new GuestPhysical(address + 28), out sbyte shift));
        Assert.True(_memory.TryRead(new GuestPhysical(address + 29), out byte flags));
        Assert.Equal(1, flags);
        ulong delta = _clock.TimestampCounter - timestamp;
        delta = shift < 0 ? delta >> -shift : delta << shift;
        return systemTime + (ulong)((System.UInt128)delta * multiplier >> 32);
    }
}
