// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>The state after power-on and INIT, and the start-up IPI.</summary>
public abstract partial class VirtualCpu
{
    /// <summary>CR0 after reset: ET, NW and CD (APM volume 2, table 14-1).</summary>
    private const ulong ResetCr0 = 0x6000_0010;

    private const ulong ResetRflags = 2;

    /// <summary>
    /// The architectural state after power-on and INIT: real mode at FFFF_FFF0h (APM volume 2, 14.1.3). Loaders then
    /// set what their boot protocol promises. The vCPU is active afterwards.
    /// </summary>
    public void Reset()
    {
        Registers = default;
        Registers.Rdx = Cpuid.Signature;
        Registers.Rip = 0xFFF0;
        Registers.Rflags = ResetRflags;
        Interrupted = default;
        Postponed = default;
        NmiPending = false;
        HasEvents = false;
        ResetSegments();
        WriteState(StateRegister.Cr0, ResetCr0);
        WriteState(StateRegister.Cr2, 0);
        WriteState(StateRegister.Cr3, 0);
        WriteState(StateRegister.Cr4, 0);
        WriteState(StateRegister.Efer, 0);
        WriteState(StateRegister.Dr6, Dr6.ResetValue);
        WriteState(StateRegister.Dr7, Dr7.ResetValue);
        WriteState(StateRegister.Star, 0);
        WriteState(StateRegister.LongStar, 0);
        WriteState(StateRegister.CompatStar, 0);
        WriteState(StateRegister.SyscallMask, 0);
        WriteState(StateRegister.KernelGsBase, 0);
        WriteState(StateRegister.SysenterCs, 0);
        WriteState(StateRegister.SysenterEsp, 0);
        WriteState(StateRegister.SysenterEip, 0);
        Msrs.Reset(this);
        ResetLiveState();
        ResetInjection();
        FlushTlb();
        Activity = CpuActivity.Active;
    }

    /// <summary>A start-up IPI: real mode at <paramref name="vector"/> times 4096.</summary>
    public void StartAt(byte vector)
    {
        WriteSegment(SegmentRegister.Cs, new SegmentState((ushort)(vector << 8), (ulong)vector << 12, 0xFFFF,
            SegmentState.RealModeCode));
        Registers.Rip = 0;
        Activity = CpuActivity.Active;
    }

    /// <summary>Forgets windows, blocking, shadow and the event that the next entry would deliver.</summary>
    protected abstract void ResetInjection();

    private void ResetSegments()
    {
        WriteSegment(SegmentRegister.Cs, new SegmentState(0xF000, 0xFFFF_0000, 0xFFFF, SegmentState.RealModeCode));
        var data = new SegmentState(0, 0, 0xFFFF, SegmentState.RealModeData);
        WriteSegment(SegmentRegister.Ds, in data);
        WriteSegment(SegmentRegister.Es, in data);
        WriteSegment(SegmentRegister.Fs, in data);
        WriteSegment(SegmentRegister.Gs, in data);
        WriteSegment(SegmentRegister.Ss, in data);
        WriteSegment(SegmentRegister.Ldtr, new SegmentState(0, 0, 0xFFFF, SegmentState.LocalDescriptorTable));
        WriteSegment(SegmentRegister.Tr, new SegmentState(0, 0, 0xFFFF, SegmentState.BusyTaskState));
        WriteSegment(SegmentRegister.Gdtr, new SegmentState(0, 0, 0xFFFF, 0));
        WriteSegment(SegmentRegister.Idtr, new SegmentState(0, 0, 0xFFFF, 0));
    }
}
