// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Emulation;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>
/// A vCPU of a program (ring 3) with the window mapped to itself: a page of RAM, an absent and a read-only page, and a
/// device's. It executes what <see cref="NativeProcessor"/> executes.
/// </summary>
internal sealed class EmulatedProcessor
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong Tables = 0x1000;
    private const ulong RamStart = TestLayout.Window + (TestLayout.RamPage * TestLayout.PageSize);

    /// <summary>Far more pieces than a repeated instruction can need here.</summary>
    private const int MaximumPieces = 4096;

    private const ushort DefaultIs32 = 0x400;
    private const ushort PrivilegeLevel3 = 0x60;

    public EmulatedProcessor()
    {
        Cpu = new FakeCpu
        {
            Ports = Ports,
            Interrupts = new FakeInterrupts(),
            Memory = HostGuestMemory.Create(
                new GuestRange(new GuestPhysical(0), 0x8000),
                new GuestRange(new GuestPhysical(TestLayout.Code), TestLayout.PageSize),
                new GuestRange(new GuestPhysical(RamStart), TestLayout.PageSize)),
            Processor = new FakeProcessorVirtualization(),
            Activity = CpuActivity.Active,
            Privilege = 3,
        };
        MapAll();
        Restore();
    }

    public FakeCpu Cpu { get; }

    public WindowPorts Ports { get; } = new();

    /// <summary>How often the emulator was called for the last case.</summary>
    public int Pieces { get; private set; }

    /// <summary>Paging as it was, after an instruction that may have changed it.</summary>
    public void Restore()
    {
        Cpu.WriteState(StateRegister.Cr3, Tables);
        Cpu.WriteState(StateRegister.Cr4, new Cr4 { PhysicalAddressExtension = true }.Value);
        Cpu.WriteState(StateRegister.Efer,
            new Efer { LongModeEnable = true, LongModeActive = true, NoExecuteEnable = true }.Value);
        Cpu.WriteState(StateRegister.Cr0,
            new Cr0 { ProtectionEnable = true, Paging = true, WriteProtect = true, NumericError = true }.Value);
    }

    /// <summary>Puts the window's content in place.</summary>
    public void SetWindow(ReadOnlySpan<byte> content)
    {
        content.CopyTo(Ports.Memory);
        Assert.True(Cpu.Memory.TryCopyOut(
            new GuestPhysical(RamStart), content.Slice((int)(RamStart - TestLayout.Window), (int)TestLayout.PageSize)));
    }

    /// <summary>What is in the window now.</summary>
    public ReadOnlySpan<byte> GetWindow()
    {
        Assert.True(Cpu.Memory.TryCopyIn(new GuestPhysical(RamStart),
            Ports.Memory.AsSpan((int)(RamStart - TestLayout.Window), (int)TestLayout.PageSize)));
        return Ports.Memory;
    }

    /// <summary>Loads the registers and the instruction.</summary>
    public void Load(InstructionCase test)
    {
        for (int number = 0; number < 16; number++)
        {
            Cpu.Registers.General[number] = test.General[number];
        }

        for (int word = 0; word < 32; word++)
        {
            Cpu.Registers.Vector[word] = test.Vector[word];
        }

        Cpu.Registers.Rflags = test.Flags;
        Cpu.Registers.Rip = test.InstructionPointer;
        Cpu.WriteState(StateRegister.Cr2, 0);
        ushort code = test.Bits switch
        {
            64 => SegmentState.FlatCode64,
            32 => SegmentState.FlatCode32,
            _ => SegmentState.FlatCode32 & ~DefaultIs32,
        };
        SetSegment(test, SegmentRegister.Cs, code);
        foreach (SegmentRegister segment in InstructionCase.DataSegments)
        {
            bool isSmall = segment == SegmentRegister.Ss && !test.HasLargeStack;
            SetSegment(test, segment, (ushort)(SegmentState.FlatData & ~(isSmall ? DefaultIs32 : 0)));
        }

        Ports.Accesses.Clear();
        Ports.PortAccesses = 0;
        Assert.True(Cpu.Memory.TryCopyOut(new GuestPhysical(TestLayout.Instruction), test.Code));
    }

    /// <summary>
    /// Executes what was loaded as long as it asks to go on; the nested tables refused the first access at
    /// <paramref name="fault"/>.
    /// </summary>
    public ExitAction Run(GuestPhysical fault)
    {
        ExitAction action = ExitAction.Resume;
        for (Pieces = 0; action == ExitAction.Resume; Pieces++)
        {
            Assert.True(Pieces < MaximumPieces, "the emulator does not come to an end");
            int before = Ports.Accesses.Count;
            action = Emulator.Execute(Cpu, fault);
            Assert.InRange(Ports.Accesses.Count - before, 0, MaximumAccesses);
        }

        return action;
    }

    /// <summary>64 elements of two operands, byte by byte where they cross pages.</summary>
    private const int MaximumAccesses = 64 * 2 * 16;

    private void SetSegment(InstructionCase test, SegmentRegister segment, ushort attributes) =>
        Cpu.WriteSegment(segment, new SegmentState(
            0x2B, test.SegmentBase(segment), LimitOf(test, segment), (ushort)(attributes | PrivilegeLevel3)));

    private static uint LimitOf(InstructionCase test, SegmentRegister segment) =>
        test.Bits == 16 && segment == SegmentRegister.Cs ? ushort.MaxValue : uint.MaxValue;

    private void MapAll()
    {
        const ulong All = Present | Writable | User;
        const ulong Pointers = Tables + 0x1000;
        const ulong Directory = Tables + 0x2000;
        const ulong Pages = Tables + 0x3000;
        Write(Tables, Pointers | All);
        Write(Pointers, Directory | All);
        Write(Directory + (TestLayout.Start >> 21 << 3), Pages | All);
        Map(TestLayout.Code, All);
        for (int page = 0; page < TestLayout.WindowPages; page++)
        {
            ulong rights = page == TestLayout.AbsentPage ? 0 : page == TestLayout.ReadOnlyPage ? Present | User : All;
            Map(TestLayout.Window + ((ulong)page * TestLayout.PageSize), rights);
        }

        void Map(ulong address, ulong rights) => Write(Pages + (((address >> 12) & 511) * 8), address | rights);
    }

    private void Write(ulong address, ulong value) =>
        Assert.True(Cpu.Memory.TryWrite(new GuestPhysical(address), value));

    private sealed class FakeProcessorVirtualization() : ProcessorVirtualization(new Processor(0, 0, null!));
}
