// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The guest's state that lives in the VMCB.</summary>
internal sealed unsafe partial class SvmVirtualCpu
{
    private const ushort UserLevelMask = 3;

    /// <summary>DR7 of a guest on QEMU, whose processor never gets it.</summary>
    private ulong _hiddenDr7 = Dr7.ResetValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override ulong ReadState(StateRegister register) => register switch
    {
        StateRegister.Cr0 => _vmcb->Cr0,
        StateRegister.Cr2 => _vmcb->Cr2,
        StateRegister.Cr3 => _vmcb->Cr3,
        StateRegister.Cr4 => _vmcb->Cr4,
        StateRegister.Dr6 => _vmcb->Dr6,
        StateRegister.Dr7 => _vendor.IsTcg ? _hiddenDr7 : _vmcb->Dr7,
        StateRegister.Efer => (new Efer(_vmcb->Efer) with { SvmEnable = false }).Value,
        StateRegister.Pat => _vmcb->GuestPat,
        StateRegister.Star => _vmcb->Star,
        StateRegister.LongStar => _vmcb->LongStar,
        StateRegister.CompatStar => _vmcb->CompatStar,
        StateRegister.SyscallMask => _vmcb->SyscallMask,
        StateRegister.FsBase => _vmcb->ReadSegment(SegmentRegister.Fs).Base,
        StateRegister.GsBase => _vmcb->ReadSegment(SegmentRegister.Gs).Base,
        StateRegister.KernelGsBase => _vmcb->KernelGsBase,
        StateRegister.SysenterCs => _vmcb->SysenterCs,
        StateRegister.SysenterEsp => _vmcb->SysenterEsp,
        _ => _vmcb->SysenterEip,
    };

    public override void WriteState(StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Cr0:
                _vmcb->Cr0 = value;
                break;
            case StateRegister.Cr2:
                _vmcb->Cr2 = value;
                break;
            case StateRegister.Cr3:
                _vmcb->Cr3 = value;
                break;
            case StateRegister.Cr4:
                _vmcb->Cr4 = value;
                Emulation.ForgetPlaces();
                break;
            case StateRegister.Dr6:
                _vmcb->Dr6 = value;
                break;
            case StateRegister.Dr7:
                WriteDr7(value);
                break;
            case StateRegister.Efer:
                _vmcb->Efer = (new Efer(value) with { SvmEnable = true }).Value;
                Emulation.ForgetPlaces();
                break;
            case StateRegister.Pat:
                _vmcb->GuestPat = value;
                break;
            default:
                WriteSystemState(register, value);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool IsIn(in FetchMode mode)
    {
        Vmcb* vmcb = _vmcb;
        return vmcb->Cr3 == mode.Cr3
            && vmcb->Cr0 == mode.Cr0
            && vmcb->CodeAttributes == mode.CodeAttributes
            && vmcb->CodeBase == mode.CodeBase;
    }

    public override void Capture(out FetchMode mode)
    {
        mode.Cr0 = _vmcb->Cr0;
        mode.Cr3 = _vmcb->Cr3;
        mode.CodeBase = _vmcb->CodeBase;
        mode.CodeAttributes = _vmcb->CodeAttributes;
    }

    public override SegmentState ReadSegment(SegmentRegister register)
    {
        SegmentState state = _vmcb->ReadSegment(register).ToState();
        return register == SegmentRegister.Tr && _vendor.IsTcg
            ? new SegmentState(state.Selector, state.Base, state.Limit, (ushort)(state.Attributes | BusyBit))
            : state;
    }

    public override void WriteSegment(SegmentRegister register, in SegmentState value)
    {
        var stored = VmcbSegment.From(in value);
        if (register == SegmentRegister.Tr && _vendor.IsTcg)
        {
            // QEMU lets a program use ports only while the hidden type says that the TSS is not busy.
            stored.Attributes &= unchecked((ushort)~BusyBit);
        }

        _vmcb->WriteSegment(register, in stored);
        if (register == SegmentRegister.Ss)
        {
            _vmcb->PrivilegeLevel = (byte)(value.PrivilegeLevel & UserLevelMask);
        }
    }

    /// <summary>
    /// VMRUN arms a guest's breakpoints and #VMEXIT disarms them (APM volume 2, 15.5.1, 15.6). QEMU 7.2 disarms none:
    /// they would be met in the hypervisor's own code. So there DR7 is intercepted and only remembered.
    /// </summary>
    private void WriteDr7(ulong value)
    {
        _hiddenDr7 = value;
        _vmcb->Dr7 = _vendor.IsTcg ? Dr7.ResetValue : value;
    }

    private void WriteSystemState(StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Star:
                _vmcb->Star = value;
                break;
            case StateRegister.LongStar:
                _vmcb->LongStar = value;
                break;
            case StateRegister.CompatStar:
                _vmcb->CompatStar = value;
                break;
            case StateRegister.SyscallMask:
                _vmcb->SyscallMask = value;
                break;
            case StateRegister.KernelGsBase:
                _vmcb->KernelGsBase = value;
                break;
            case StateRegister.SysenterCs:
                _vmcb->SysenterCs = value;
                break;
            case StateRegister.SysenterEsp:
                _vmcb->SysenterEsp = value;
                break;
            case StateRegister.SysenterEip:
                _vmcb->SysenterEip = value;
                break;
            case StateRegister.FsBase:
                WriteBase(SegmentRegister.Fs, value);
                break;
            case StateRegister.GsBase:
                WriteBase(SegmentRegister.Gs, value);
                break;
        }
    }

    private void WriteBase(SegmentRegister register, ulong value)
    {
        VmcbSegment segment = _vmcb->ReadSegment(register);
        segment.Base = value;
        _vmcb->WriteSegment(register, in segment);
    }
}
