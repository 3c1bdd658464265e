// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// How the first processor of a guest starts: plain data, put into the vCPU by whoever builds the machine.
/// </summary>
public struct InitialCpuState
{
    public ulong Rax;
    public ulong Rbx;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rsi;
    public ulong Rdi;
    public ulong Rbp;
    public ulong Rsp;
    public ulong Rip;
    public ulong Rflags;
    public ulong Cr0;
    public ulong Cr3;
    public ulong Cr4;
    public ulong Efer;
    public SegmentState Code;

    /// <summary>DS, ES, FS, GS and SS.</summary>
    public SegmentState Data;
    public SegmentState Task;
    public SegmentState GlobalTable;
    public SegmentState InterruptTable;

    private const ulong ReservedFlag = 2;
    private const ulong ProtectionAndExtension = 0x11;
    private const ulong Paging = 0x8000_0000;
    private const ulong PhysicalAddressExtension = 0x20;
    private const ulong LongModeEnabledAndActive = 0x500;
    private const ushort CodeSelector = 0x10;
    private const ushort DataSelector = 0x18;
    private const uint TaskLimit = 0x67;

    /// <summary>
    /// Flat 32-bit protected mode without paging: what PVH, multiboot and Linux's 32-bit entry start in.
    /// </summary>
    public static InitialCpuState Flat32(ulong entry) => new()
    {
        Rip = entry,
        Rflags = ReservedFlag,
        Cr0 = ProtectionAndExtension,
        Code = new SegmentState(CodeSelector, 0, uint.MaxValue, SegmentState.FlatCode32),
        Data = new SegmentState(DataSelector, 0, uint.MaxValue, SegmentState.FlatData),
        Task = new SegmentState(0, 0, TaskLimit, SegmentState.BusyTaskState),
        GlobalTable = new SegmentState(0, BootArea.DescriptorTable, BootArea.DescriptorTableLength - 1, 0),
    };

    /// <summary>64-bit mode over identity-mapped page tables: Linux's 64-bit entry.</summary>
    public static InitialCpuState Flat64(ulong entry)
    {
        InitialCpuState state = Flat32(entry);
        state.Cr0 |= Paging;
        state.Cr3 = BootArea.PageTables;
        state.Cr4 = PhysicalAddressExtension;
        state.Efer = LongModeEnabledAndActive;
        state.Code = new SegmentState(CodeSelector, 0, uint.MaxValue, SegmentState.FlatCode64);
        return state;
    }

    /// <summary>
    /// Puts the state into a vCPU that has not run yet; what is not named here keeps its reset value.
    /// </summary>
    public readonly void ApplyTo(VirtualCpu cpu)
    {
        cpu.Registers.Rax = Rax;
        cpu.Registers.Rbx = Rbx;
        cpu.Registers.Rcx = Rcx;
        cpu.Registers.Rdx = Rdx;
        cpu.Registers.Rsi = Rsi;
        cpu.Registers.Rdi = Rdi;
        cpu.Registers.Rbp = Rbp;
        cpu.Registers.Rsp = Rsp;
        cpu.Registers.Rip = Rip;
        cpu.Registers.Rflags = Rflags;
        cpu.WriteState(StateRegister.Efer, Efer);
        cpu.WriteState(StateRegister.Cr4, Cr4);
        cpu.WriteState(StateRegister.Cr3, Cr3);
        cpu.WriteState(StateRegister.Cr0, Cr0);
        cpu.WriteSegment(SegmentRegister.Cs, Code);
        cpu.WriteSegment(SegmentRegister.Ds, Data);
        cpu.WriteSegment(SegmentRegister.Es, Data);
        cpu.WriteSegment(SegmentRegister.Fs, Data);
        cpu.WriteSegment(SegmentRegister.Gs, Data);
        cpu.WriteSegment(SegmentRegister.Ss, Data);
        cpu.WriteSegment(SegmentRegister.Ldtr, new SegmentState(0, 0, 0xFFFF, SegmentState.LocalDescriptorTable));
        cpu.WriteSegment(SegmentRegister.Tr, Task);
        cpu.WriteSegment(SegmentRegister.Gdtr, GlobalTable);
        cpu.WriteSegment(SegmentRegister.Idtr, InterruptTable);
    }
}
