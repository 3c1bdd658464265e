// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>The local APIC beside a processor that delivers interrupts by itself.</summary>
public sealed class LocalApicDeliveryTests
{
    private const uint IoApicLevel = 1 << 15;

    private readonly TestClock _clock = new();
    private readonly ApicBus _bus = new(1);
    private readonly IoApic _ioApic;
    private readonly DeliveringCpu _cpu = new();
    private readonly LocalApic _apic;
    private readonly RegisterPage _page = TestPages.Next();

    public LocalApicDeliveryTests()
    {
        _apic = new LocalApic(_bus, 0, _clock, 40, _page);
        _ioApic = new IoApic(_bus);
        _bus.Connect(_ioApic);
        _apic.Attach(_cpu);
        _apic.Write(0xF0, 4, 0x1FF);
        _cpu.Interrupts = _apic;
        Enter();
    }

    [Fact]
    public void APostedInterrupt_ComesWithTheNextEntry()
    {
        _ = _apic.TryAccept(0x51, isLevel: false);
        Assert.Equal(CpuRequests.Posted, _cpu.Requests);
        Assert.Equal(0u, _apic.Read(0x220));
        Enter();
        Assert.Equal(0x2_0000u, _apic.Read(0x220));
        Assert.Equal(0x51, _apic.PendingVector);
        Assert.Equal(0x51, _cpu.Deliver());
        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(0x2_0000u, _apic.Read(0x120));
        Assert.Equal(-1, _cpu.End());
        Assert.Equal(0u, _apic.Read(0x120));
    }

    [Fact]
    public void TheHighestComesFirst_AndTheOthersAfterItsEnd()
    {
        _ = _apic.TryAccept(0x41, isLevel: false);
        _ = _apic.TryAccept(0xE1, isLevel: false);
        Enter();
        Assert.Equal(0xE1, _cpu.Deliver());
        Enter();
        Assert.Equal(0x41, _cpu.Requested);
        Assert.Equal(0xE1, _cpu.Served);
        Assert.Equal(-1, _cpu.Deliver());
        _ = _cpu.End();
        Assert.Equal(0x41, _cpu.Deliver());
    }

    [Fact]
    public void TheEndOfALevel_LeavesTheGuestAndReachesTheIoApic()
    {
        Route(IoApicLevel | 0x61);
        _ioApic.SetPin(4, true);
        Enter();
        Assert.Equal(0x61, _cpu.Deliver());
        _ioApic.SetPin(4, false);
        Assert.NotEqual(0u, RemoteIrr());
        Assert.Equal(0x61, _cpu.End());
        _apic.Ended(0x61);
        Assert.Equal(0u, RemoteIrr());
    }

    /// <summary>A post taken without an exit leaves its request behind; a level needs a kick of its own.</summary>
    [Fact]
    public void ALevelAfterAPost_IsARequestOfItsOwn()
    {
        _ = _apic.TryAccept(0x51, isLevel: false);
        _ = _apic.TryAccept(0x61, isLevel: true);
        Assert.Equal(CpuRequests.Posted | CpuRequests.Interrupt, _cpu.Requests);
    }

    [Fact]
    public void AnEdgeAfterALevel_EndsWithoutAnExitAgain()
    {
        _ = _apic.TryAccept(0x61, isLevel: true);
        Enter();
        _ = _cpu.Deliver();
        Assert.Equal(0x61, _cpu.End());
        _ = _apic.TryAccept(0x61, isLevel: false);
        Enter();
        _ = _cpu.Deliver();
        Assert.Equal(-1, _cpu.End());
    }

    [Theory]
    [InlineData(0xFEE0_0800UL, ApicMode.Page)]
    [InlineData(0xFEE0_0C00UL, ApicMode.Msrs)]
    [InlineData(0x1000_0800UL, ApicMode.None)]
    [InlineData(0xFEE0_0000UL, ApicMode.None)]
    public void TheProcessorLearnsTheMode(ulong baseMsr, ApicMode mode)
    {
        Assert.Equal(ApicMode.Page, _cpu.Mode);
        Assert.True(_apic.TryWriteMsr(LocalApic.BaseMsrIndex, baseMsr));
        Assert.Equal(mode, _cpu.Mode);
    }

    [Fact]
    public void WhatTheProcessorStored_HasItsEffect()
    {
        // ICR: a fixed interrupt to itself by its physical identification.
        _page[0x310 / 4] = 0;
        _page[0x300 / 4] = 0x52;
        _apic.Written(0x300);
        Enter();
        Assert.Equal(0x52, _cpu.Requested);

        // Reserved bits of an LVT entry do not stay.
        _page[0x350 / 4] = 0xFFFF_FFFF;
        _apic.Written(0x350);
        Assert.Equal(0x1_A7FFu, _apic.Read(0x350));

        // The timer starts.
        _page[0x320 / 4] = 0x53;
        _apic.Written(0x320);
        _page[0x380 / 4] = 1000;
        _apic.Written(0x380);
        _clock.Advance(2000);
        Enter();
        Assert.Equal(0x53, _cpu.Requested);
    }

    [Fact]
    public void AnEndThatTheDeviceDoes_IsToldToTheProcessor()
    {
        _ = _apic.TryAccept(0x71, isLevel: false);
        Enter();
        _ = _cpu.Deliver();
        _apic.Write(0xB0, 4, 0);
        Assert.Equal(CpuRequests.Interrupt, _cpu.Requests);
        Enter();
        Assert.Equal(0, _cpu.Served);
    }

    [Fact]
    public void Init_ForgetsWhatWasPosted()
    {
        _ = _apic.TryAccept(0x71, isLevel: false);
        _ = _apic.TryAccept(0x72, isLevel: true);
        _apic.Initialize();
        Enter();
        Assert.Equal(0, _cpu.Requested);
        Assert.Equal(0u, _apic.Read(0x230));
    }

    /// <summary>As the gate does before an entry.</summary>
    private void Enter()
    {
        _ = _cpu.TakeRequest(CpuRequests.Interrupt | CpuRequests.Posted);
        _apic.Synchronize();
    }

    private void Route(uint low)
    {
        _ioApic.Write(0, 4, 0x10 + (2 * 4));
        _ioApic.Write(0x10, 4, low);
    }

    private ulong RemoteIrr()
    {
        _ioApic.Write(0, 4, 0x10 + (2 * 4));
        return _ioApic.Read(0x10, 4) & (1 << 14);
    }
}
