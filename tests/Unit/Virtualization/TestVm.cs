// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;
using Hypervisor.X64;

namespace Hypervisor.Unit.Virtualization;

/// <summary>
/// A vCPU with RAM, devices and interrupts of tests around it, in 64-bit mode with the first GiB mapped one to one, and
/// the device at <see cref="Device"/> outside of RAM.
/// </summary>
internal sealed class TestVm
{
    public const ulong CodeAddress = 0x10_0000;
    public const ulong Device = 0x0800_0000;
    private const ulong RamSize = 0x0400_0000;
    private const ulong TableAddress = 0x1000;

    public TestVm()
    {
        Cpu = new FakeCpu
        {
            Ports = Ports,
            Interrupts = Interrupts,
            Memory = HostGuestMemory.Create(RamSize),
            Processor = new FakeProcessorVirtualization(),
            Activity = CpuActivity.Active,
        };
        EnterLongMode();
    }

    public FakeCpu Cpu { get; }

    public FakePorts Ports { get; } = new();

    public FakeInterrupts Interrupts { get; } = new();

    /// <summary>Puts code at <see cref="CodeAddress"/> and RIP before it.</summary>
    public void SetCode(params byte[] code)
    {
        if (!Cpu.Memory.TryCopyOut(new GuestPhysical(CodeAddress), code))
        {
            throw new InvalidOperationException("the code does not fit");
        }

        Cpu.Registers.Rip = CodeAddress;
    }

    /// <summary>64-bit code of ring 0, one huge page, write protection on.</summary>
    public void EnterLongMode()
    {
        const ulong PresentWritableUser = 7;
        const ulong Huge = 0x80;
        _ = Cpu.Memory.TryWrite(new GuestPhysical(TableAddress), (TableAddress + 0x1000) | PresentWritableUser);
        _ = Cpu.Memory.TryWrite(new GuestPhysical(TableAddress + 0x1000), PresentWritableUser | Huge);
        Cpu.WriteState(StateRegister.Cr3, TableAddress);
        Cpu.WriteState(StateRegister.Cr4, new Cr4 { PhysicalAddressExtension = true }.Value);
        Cpu.WriteState(StateRegister.Efer, new Efer { LongModeEnable = true, LongModeActive = true }.Value);
        Cpu.WriteState(StateRegister.Cr0,
            new Cr0 { ProtectionEnable = true, Paging = true, WriteProtect = true, NumericError = true }.Value);
        Cpu.WriteSegment(SegmentRegister.Cs, new SegmentState(8, 0, uint.MaxValue, SegmentState.FlatCode64));
        Cpu.WriteSegment(SegmentRegister.Ss, new SegmentState(16, 0, uint.MaxValue, SegmentState.FlatData));
    }

    /// <summary>16-bit real mode at CS:0 with the given base.</summary>
    public void EnterRealMode(ulong codeBase)
    {
        Cpu.WriteState(StateRegister.Cr0, 0x10);
        Cpu.WriteState(StateRegister.Cr4, 0);
        Cpu.WriteState(StateRegister.Efer, 0);
        Cpu.WriteSegment(SegmentRegister.Cs,
            new SegmentState((ushort)(codeBase >> 4), codeBase, 0xFFFF, SegmentState.RealModeCode));
        foreach (SegmentRegister segment in new[] { SegmentRegister.Ss, SegmentRegister.Ds, SegmentRegister.Es })
        {
            Cpu.WriteSegment(segment, new SegmentState(0, 0, 0xFFFF, SegmentState.RealModeData));
        }
    }

    private sealed class FakeProcessorVirtualization()
        : ProcessorVirtualization(new Processor(0, 0, null!));
}
