// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Virtualization;

/// <summary>A VMCS in its slices, and reached from outside of them.</summary>
public sealed class VmcsTests
{
    private const ulong First = 0x5000;
    private const ulong Second = 0x7000;
    private const ulong Value = 0x1234_5678_9ABC_DEF0;
    private const uint LowValue = 0x9ABC_DEF0;

    private readonly VmxProcessor _processor = new(new Processor(0, 0, null!));

    public VmcsTests()
    {
        _ = FakeProcessor.Reset();
        VmxInstructions.Reset();
        FakeProcessor.Current.InterruptsEnabled = true;
    }

    [Fact]
    public void ANewVmcs_HasTheRevisionAndIsClear()
    {
        var page = new TablePage(new HostPhysical(First));
        page[1] = 5;
        _ = Create(First);
        Assert.Equal(TestVmx.Revision, page[0]);
        Assert.Equal(0UL, page[1]);
        Assert.Equal(["clear 5000"], VmxInstructions.Moves);
    }

    [Fact]
    public void TheCurrentVmcs_IsReachedInPlace()
    {
        Vmcs vmcs = Create(First);
        vmcs.MakeCurrent(_processor);
        VmxInstructions.Moves.Clear();
        vmcs.Write(VmcsFieldNatural.GuestCr3, Value);
        Assert.Equal(Value, vmcs.Read(VmcsFieldNatural.GuestCr3));
        Assert.Equal(Value, Vmcs.ReadCurrent((VmcsField64)VmcsFieldNatural.GuestCr3));
        Assert.Equal(LowValue, Vmcs.ReadCurrent((VmcsField32)VmcsFieldNatural.GuestCr3));
        Assert.Empty(VmxInstructions.Moves);
    }

    [Fact]
    public void AFreeVmcs_IsBorrowed_WithInterruptsOff_AndThePreviousOneComesBack()
    {
        Vmcs running = Create(First);
        Vmcs other = Create(Second);
        running.MakeCurrent(_processor);
        VmxInstructions.Moves.Clear();
        other.Write(VmcsFieldNatural.GuestCr3, Value);
        Assert.Equal(["load 7000", "clear 7000", "load 5000"], VmxInstructions.Moves);
        Assert.False(VmxInstructions.WasInterruptible);
        Assert.True(FakeProcessor.Current.InterruptsEnabled);
        Assert.Equal(First, VmxInstructions.CurrentPointer());
        Assert.Equal(0UL, running.Read(VmcsFieldNatural.GuestCr3));
        Assert.Equal(Value, other.Read(VmcsFieldNatural.GuestCr3));
    }

    [Fact]
    public void ABorrowedVmcs_WithoutAPreviousOne_IsLeftClear()
    {
        Vmcs vmcs = Create(First);
        VmxInstructions.Moves.Clear();
        Assert.Equal(0u, vmcs.Read(VmcsField32.GuestActivity));
        Assert.Equal(["load 5000", "clear 5000"], VmxInstructions.Moves);
        Assert.Equal(VmxInstructions.NoPointer, VmxInstructions.CurrentPointer());
    }

    [Fact]
    public void ABorrowedVmcs_ThatTheProcessorHas_StaysActive()
    {
        Vmcs waiting = Create(First);
        Vmcs running = Create(Second);
        waiting.MakeCurrent(_processor);
        waiting.Write(VmcsFieldNatural.GuestCr3, Value);
        running.MakeCurrent(_processor);
        VmxInstructions.Moves.Clear();
        Assert.Equal(Value, waiting.Read(VmcsFieldNatural.GuestCr3));
        Assert.Equal(["load 5000", "load 7000"], VmxInstructions.Moves);
    }

    [Fact]
    public void InterruptsThatWereOff_StayOff()
    {
        Vmcs vmcs = Create(First);
        FakeProcessor.Current.InterruptsEnabled = false;
        vmcs.Write(VmcsField32.GuestActivity, 1);
        Assert.False(FakeProcessor.Current.InterruptsEnabled);
    }

    [Fact]
    public void Clear_TakesItOutOnce()
    {
        Vmcs vmcs = Create(First);
        vmcs.MakeCurrent(_processor);
        Assert.Equal(First, _processor.CurrentVmcs);
        VmxInstructions.Moves.Clear();
        vmcs.Clear();
        vmcs.Clear();
        Assert.Equal(["clear 5000"], VmxInstructions.Moves);
        Assert.Equal(VmxInstructions.NoPointer, _processor.CurrentVmcs);
    }

    [Fact]
    public void Clear_LeavesAnotherCurrent()
    {
        Vmcs waiting = Create(First);
        Vmcs running = Create(Second);
        waiting.MakeCurrent(_processor);
        running.MakeCurrent(_processor);
        waiting.Clear();
        Assert.Equal(Second, _processor.CurrentVmcs);
        Assert.Equal(Second, VmxInstructions.CurrentPointer());
    }

    [Fact]
    public void AField_HasItsWidth()
    {
        Vmcs vmcs = Create(First);
        vmcs.MakeCurrent(_processor);
        VmxInstructions.WriteField((uint)VmcsField16.Vpid, Value);
        VmxInstructions.WriteField((uint)VmcsField32.ExitReason, Value);
        Assert.Equal(0xDEF0, vmcs.Read(VmcsField16.Vpid));
        Assert.Equal(LowValue, vmcs.Read(VmcsField32.ExitReason));
    }

    private static Vmcs Create(ulong address) => new(new HostPhysical(address), TestVmx.Revision);
}
