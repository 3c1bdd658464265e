// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>The virtual APIC of a vCPU on VT-x: SDM volume 3, chapter 30.</summary>
public sealed class VmxApicTests
{
    private const SecondaryControls Delivery = SecondaryControls.ApicRegisters | SecondaryControls.InterruptDelivery;

    private readonly TestVmx _machine = new() { Delivers = true };
    private readonly RegisterPage _page = new(new HostPhysical(TestVmx.VirtualApicAddress));
    private readonly RegisterPage _posted = new(new HostPhysical(TestVmx.PostedAddress));

    [Fact]
    public void ItsControlsAreOn()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Assert.True(cpu.DeliversInterrupts);
        Assert.Equal(SecondaryControls.VirtualApic & Delivery, Secondary(cpu) & SecondaryControls.VirtualApic);
        Assert.Equal(0u, cpu.Vmcs.Read(VmcsField32.ProcessorControls) & (uint)ProcessorControls.Cr8LoadExiting);
        Assert.NotEqual(0u, cpu.Vmcs.Read(VmcsField32.PinControls) & (uint)PinControls.PostedInterrupts);
        Assert.NotEqual(0u, cpu.Vmcs.Read(VmcsField32.ExitControls) & (uint)ExitControls.AcknowledgeInterrupt);
        Assert.Equal(TestVmx.VirtualApicAddress, cpu.Vmcs.Read(VmcsField64.VirtualApicPage));
        Assert.Equal(TestVmx.PostedAddress, cpu.Vmcs.Read(VmcsField64.PostedInterrupts));
        Assert.Equal(LocalApic.NotificationVector, cpu.Vmcs.Read(VmcsField16.NotificationVector));
    }

    [Theory]
    [InlineData(SecondaryControls.ApicAccesses)]
    [InlineData(SecondaryControls.X2ApicMode)]
    [InlineData(SecondaryControls.ApicRegisters)]
    [InlineData(SecondaryControls.InterruptDelivery)]
    public void WithoutAPartOfIt_NoneIsUsed(SecondaryControls missing)
    {
        TestVmx.Forbid(missing);
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Assert.False(cpu.DeliversInterrupts);
        Assert.Equal(SecondaryControls.None, Secondary(cpu) & SecondaryControls.VirtualApic);
        Assert.NotEqual(0u, cpu.Vmcs.Read(VmcsField32.ProcessorControls) & (uint)ProcessorControls.Cr8LoadExiting);
        Assert.Equal(0u, cpu.Vmcs.Read(VmcsField32.PinControls) & (uint)PinControls.PostedInterrupts);
        Assert.Equal(0u, cpu.Vmcs.Read(VmcsField32.ExitControls) & (uint)ExitControls.AcknowledgeInterrupt);
    }

    [Fact]
    public void WithoutPosting_ItDeliversAllTheSame()
    {
        TestVmx.Forbid(PinControls.PostedInterrupts);
        _ = VmxInstructions.Absent.Add((uint)VmcsField64.PostedInterrupts);
        _ = VmxInstructions.Absent.Add((uint)VmcsField16.NotificationVector);
        VmxVirtualCpu cpu = _machine.CreateCpu();
        Assert.Equal(Delivery, Secondary(cpu) & Delivery);
        Assert.Equal(0u, cpu.Vmcs.Read(VmcsField32.ExitControls) & (uint)ExitControls.AcknowledgeInterrupt);
    }

    [Theory]
    [InlineData(ApicMode.Page, SecondaryControls.ApicAccesses, TestVmx.MsrsAddress)]
    [InlineData(ApicMode.Msrs, SecondaryControls.X2ApicMode, TestVmx.ApicMsrsAddress)]
    [InlineData(ApicMode.None, SecondaryControls.None, TestVmx.MsrsAddress)]
    public void TheMode_ChoosesControlsAndMsrsAndFlushes(ApicMode mode, SecondaryControls control, ulong msrs)
    {
        const SecondaryControls Modes = SecondaryControls.ApicAccesses | SecondaryControls.X2ApicMode;
        VmxVirtualCpu cpu = _machine.CreateCpu();
        cpu.SetApicMode(mode == ApicMode.Page ? ApicMode.Msrs : ApicMode.Page);
        TestVmx.EnterLongMode(cpu);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        VmxInstructions.Flushes.Clear();
        cpu.SetApicMode(mode);
        Assert.Equal(control, Secondary(cpu) & Modes);
        Assert.Equal(msrs, cpu.Vmcs.Read(VmcsField64.MsrBitmap));
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Contains(VmxInstructions.Flushes, static flush => flush.StartsWith("ept", StringComparison.Ordinal));
        Assert.Contains(VmxInstructions.Flushes, static flush => flush.StartsWith("vpid", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIsPosted_IsAskedForAndCollected()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        cpu.Post(0x31);
        Assert.Equal(CpuRequests.Posted, cpu.Requests & CpuRequests.Posted);
        Assert.Equal(1u << 17, _posted[1]);
        Assert.Equal(1u, _posted[8]);

        // Whoever posted first may not have come to its request yet: the second one makes it too.
        _ = cpu.TakeRequest(CpuRequests.Posted);
        cpu.Post(0xFF);
        Assert.Equal(CpuRequests.Posted, cpu.Requests & CpuRequests.Posted);
        cpu.CollectPosted();
        Assert.Equal(0u, _posted[8]);
        Assert.Equal(0u, _posted[1]);
        Assert.Equal(1u << 17, _page[0x21 * 4]);
        Assert.Equal(1u << 31, _page[0x27 * 4]);
    }

    [Fact]
    public void StatusAndEndExits_GoToTheirFields()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        cpu.SetInterruptStatus(0x51, 0x42);
        Assert.Equal(0x4251, cpu.Vmcs.Read(VmcsField16.GuestInterruptStatus));
        cpu.SetEndExits(2, 0x10);
        cpu.SetEndExits(3, 0x80);
        Assert.Equal(0x80_0000_0010UL, cpu.Vmcs.Read((VmcsField64)0x201E));
        cpu.SetEndExits(3, 0);
        Assert.Equal(0x10UL, cpu.Vmcs.Read((VmcsField64)0x201E));
    }

    [Fact]
    public void TheTaskPriority_KeepsItsLowBits()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        _page[0x80 / 4] = 0x57;
        Assert.Equal(5, cpu.TaskPriority);
        cpu.TaskPriority = 5;
        Assert.Equal(0x57u, _page[0x80 / 4]);
    }

    [Fact]
    public void AnExitForTheIoApic_NamesTheVector()
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.EnterLongMode(cpu);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.EndOfInterrupt, qualification: 0x61);
        Assert.Equal(ExitKind.EndOfInterrupt, cpu.Exit.Kind);
        Assert.Equal(0x61, cpu.Exit.ApicRegister);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.ApicWrite, qualification: 0x300);
        Assert.Equal(ExitKind.ApicWrite, cpu.Exit.Kind);
        Assert.Equal(0x300, cpu.Exit.ApicRegister);
    }

    [Theory]
    [InlineData(0x0390UL, false, false, false)]
    [InlineData(0x1300UL, true, false, false)]
    [InlineData(0x2000UL, false, true, false)]
    [InlineData(0xF000UL, false, false, true)]
    public void AnAccessThatIsLeftToUs_IsOneToTheDevice(ulong qualification, bool isWrite, bool isFetch, bool isWalk)
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.EnterLongMode(cpu);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.ApicAccess, qualification);
        Assert.Equal(ExitKind.MemoryAccess, cpu.Exit.Kind);
        Assert.Equal(ApicBase.ResetAddress + (qualification & 0xFFF), cpu.Exit.Memory.Address.Value);
        Assert.Equal(isWrite, cpu.Exit.Memory.IsWrite);
        Assert.Equal(isFetch, cpu.Exit.Memory.IsFetch);
        Assert.Equal(isWalk, cpu.Exit.Memory.IsPageWalk);
    }

    [Theory]
    [InlineData(ApicMode.None)]
    [InlineData(ApicMode.Page)]
    [InlineData(ApicMode.Msrs)]
    public void TheProcessorWouldEnter(ApicMode mode)
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.EnterLongMode(cpu);
        cpu.SetApicMode(mode);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Null(VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers));
    }

    /// <summary>A sibling may have had the page at FEE0_0000h as memory.</summary>
    [Theory]
    [InlineData(true, ApicMode.Page, 1)]
    [InlineData(true, ApicMode.Msrs, 0)]
    [InlineData(false, ApicMode.Page, 0)]
    public void AfterASibling_ThePageIsLearnedAnew(bool hasSiblings, ApicMode mode, int flushes)
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        if (hasSiblings)
        {
            cpu.HaveSiblings();
        }

        cpu.SetApicMode(mode);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        VmxVirtualCpu sibling = _machine.CreateCpu(0x7000);
        TestVmx.ExitWith(sibling, (ulong)VmxExitReason.Halt);
        VmxInstructions.Flushes.Clear();
        cpu.BeginSlice();
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        cpu.BeginSlice();
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        Assert.Equal(flushes, VmxInstructions.Flushes.Count);
    }

    [Theory]
    [InlineData("an APIC-access page that is not a page", VmcsField64.ApicAccessPage, 8UL)]
    [InlineData("an APIC-access page beyond the processor's physical addresses", VmcsField64.ApicAccessPage, 1UL << 45)]
    [InlineData("a posted-interrupt descriptor that is not aligned", VmcsField64.PostedInterrupts, 0x7020UL)]
    [InlineData("a posted-interrupt descriptor beyond the processor's physical addresses",
        VmcsField64.PostedInterrupts, 1UL << 45)]
    public void TheProcessorWouldRefuse(string sentence, object field, ulong value)
    {
        VmxVirtualCpu cpu = _machine.CreateCpu();
        TestVmx.EnterLongMode(cpu);
        cpu.SetApicMode(ApicMode.Page);
        TestVmx.ExitWith(cpu, (ulong)VmxExitReason.Halt);
        cpu.Vmcs.Write((VmcsField64)field, value);
        Assert.Equal(sentence, VmxEntryChecks.FindViolation(cpu.Vmcs, cpu.Capabilities, in cpu.Registers));
    }

    private static SecondaryControls Secondary(VmxVirtualCpu cpu) =>
        (SecondaryControls)cpu.Vmcs.Read(VmcsField32.SecondaryControls);
}
