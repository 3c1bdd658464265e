// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Unit.Devices;
using Hypervisor.Virtualization;
using Hypervisor.Virtualization.Vmx;
using Hypervisor.X64;

namespace Hypervisor.Unit.Virtualization;

/// <summary>
/// A processor with all of VMX that the hypervisor knows, from which a test takes away what its subject is to do
/// without, and vCPUs on it.
/// </summary>
internal sealed class TestVmx
{
    public const ulong VmcsAddress = 0x5000;
    public const ulong VirtualApicAddress = 0x6000;
    public const uint Revision = 0x2B;
    public const ulong PostedAddress = 0x7000;
    public const ulong MsrsAddress = 0x9000;
    public const ulong ApicMsrsAddress = 0xA000;
    private const ulong ValidPat = 0x0007_0406_0007_0406;

    public TestVmx()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        VmxInstructions.Reset();
        VmxEntry.Guest = null;
        processor.CpuidLeaves[(0, 0)] = new CpuidResult(0xD, 0, 0, 0);
        processor.CpuidLeaves[(1, 0)] = new CpuidResult(0, 0, (1 << 5) | (1 << 26), 0);
        processor.CpuidLeaves[(0xD, 0)] = new CpuidResult(7, 0, 0, 0);
        processor.CpuidLeaves[(0x8000_0001, 0)] = new CpuidResult(0, 0, 0, 1 << 27);
        processor.CpuidLeaves[(0x8000_0008, 0)] = new CpuidResult(0x3027, 0, 0, 0);
        processor.ControlRegisters[0] = 0x8005_0033;
        processor.ControlRegisters[3] = 0x1000;
        processor.ControlRegisters[4] = 0x4_2620;
        SetCapabilities();
    }

    public static Dictionary<uint, ulong> Msrs => FakeProcessor.Current.Msrs;

    /// <summary>The processor delivers its guests' interrupts, and posts them.</summary>
    public bool Delivers { get; init; }

    public FakeMap Map { get; } = new();

    public VmxProcessor Processor { get; } = new(new Processor(0, 0, null!));

    public static void Forbid(PinControls control) => Forbid(Msr.VmxTruePinControls, (uint)control);

    public static void Forbid(ProcessorControls control) => Forbid(Msr.VmxTrueProcessorControls, (uint)control);

    public static void Forbid(SecondaryControls control) => Forbid(Msr.VmxSecondaryControls, (uint)control);

    public static void Forbid(ExitControls control) => Forbid(Msr.VmxTrueExitControls, (uint)control);

    public static void Forbid(EntryControls control) => Forbid(Msr.VmxTrueEntryControls, (uint)control);

    /// <summary>A vCPU after reset, in a slice; it has not been entered.</summary>
    public VmxVirtualCpu CreateCpu(ulong vmcs = VmcsAddress)
    {
        var control = new VmxControl(
            new HostPhysical(vmcs),
            new HostPhysical(PostedAddress),
            new HostPhysical(MsrsAddress),
            new HostPhysical(ApicMsrsAddress));
        var vendor = new VmxVendor(mayDeliver: Delivers);
        var cpu = new VmxVirtualCpu(0, vendor, Map, new CpuidModel(default), in control)
        {
            Processor = Processor,
            Clock = new TestClock(),
        };
        cpu.UseApicPage(new RegisterPage(new HostPhysical(VirtualApicAddress)));
        cpu.Reset();
        cpu.BeginSlice();
        return cpu;
    }

    /// <summary>Enters the guest, which leaves at once for the given reason.</summary>
    public static void ExitWith(
        VmxVirtualCpu cpu, ulong reason, ulong qualification = 0, ulong length = 0, ulong vectoring = 0)
    {
        VmxEntry.Guest = (ref VmxContext context, ref GuestRegisters _) =>
        {
            context.ExitReason = reason;
            context.Qualification = qualification;
            context.InstructionLength = length;
            VmxInstructions.WriteField((uint)VmcsField32.VectoringEvent, vectoring);
        };
        cpu.Run();
    }

    /// <summary>32-bit code of ring 0 without paging.</summary>
    public static void EnterProtectedMode(VirtualCpu cpu)
    {
        cpu.WriteState(StateRegister.Cr0, 0x31);
        EnterFlat(cpu, SegmentState.FlatCode32);
    }

    /// <summary>64-bit code of ring 0.</summary>
    public static void EnterLongMode(VirtualCpu cpu)
    {
        cpu.WriteState(StateRegister.Cr3, 0x1000);
        cpu.WriteState(StateRegister.Cr4, 0x20);
        cpu.WriteState(StateRegister.Efer, 0xD01);
        cpu.WriteState(StateRegister.Cr0, 0x8000_0031);
        EnterFlat(cpu, SegmentState.FlatCode64);
    }

    /// <summary>Virtual-8086 mode without paging.</summary>
    public static void EnterVirtual8086(VirtualCpu cpu)
    {
        const ulong Virtual8086 = 1 << 17;
        const ushort Rights = 0xF3;
        EnterProtectedMode(cpu);
        cpu.Registers.Rip = 0x100;
        cpu.Registers.Rflags |= Virtual8086;
        for (SegmentRegister register = SegmentRegister.Es; register <= SegmentRegister.Gs; register++)
        {
            cpu.WriteSegment(register, new SegmentState(0x1234, 0x1_2340, 0xFFFF, Rights));
        }
    }

    private static void EnterFlat(VirtualCpu cpu, ushort code)
    {
        cpu.Registers.Rip = 0x10_0000;
        for (SegmentRegister register = SegmentRegister.Es; register <= SegmentRegister.Gs; register++)
        {
            cpu.WriteSegment(register, new SegmentState(0x10, 0, uint.MaxValue, SegmentState.FlatData));
        }

        cpu.WriteSegment(SegmentRegister.Cs, new SegmentState(8, 0, uint.MaxValue, code));
        cpu.WriteSegment(SegmentRegister.Tr, new SegmentState(0x18, 0x8000, 0x67, SegmentState.BusyTaskState));
    }

    private static void Forbid(uint msr, uint controls) => Msrs[msr] &= ~((ulong)controls << 32);

    private static void SetCapabilities()
    {
        Msrs[Msr.FeatureControl] = 5;
        Msrs[Msr.Efer] = 0xD01;
        Msrs[Msr.PageAttributeTable] = ValidPat;
        Msrs[Msr.VmxBasic] = 0x00D8_1000_0000_0000 | Revision;
        Msrs[Msr.VmxTruePinControls] = 0x0000_00FF_0000_0016;
        Msrs[Msr.VmxTrueProcessorControls] = 0xFFF9_FFFE_0400_6172;
        Msrs[Msr.VmxTrueExitControls] = 0x01FF_FFFF_0003_6DFB;
        Msrs[Msr.VmxTrueEntryControls] = 0x0000_FFFF_0000_11FB;
        Msrs[Msr.VmxMiscellaneous] = 0x6004_01E5;
        Msrs[Msr.VmxCr0Fixed0] = 0x8000_0021;
        Msrs[Msr.VmxCr0Fixed1] = uint.MaxValue;
        Msrs[Msr.VmxCr4Fixed0] = 0x2000;
        Msrs[Msr.VmxCr4Fixed1] = 0xFF_27FF;
        Msrs[Msr.VmxSecondaryControls] = 0x7FFF_FFFF_0000_0000;
        Msrs[Msr.VmxEptVpidCapabilities] = 0x0000_0F01_0633_4141;
    }
}
