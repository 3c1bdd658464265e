// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The guest's registers that entries and exits of VT-x leave in the processor, where the hypervisor does not use them:
/// DR6 and the MSRs of SYSCALL and SWAPGS. They move when vCPUs change places. CR2, which a fault of our own would
/// change, is kept by the entry code.
/// </summary>
internal sealed partial class VmxVirtualCpu
{
    private ulong _dr6;
    private ulong _star;
    private ulong _longStar;
    private ulong _compatStar;
    private ulong _syscallMask;
    private ulong _kernelGsBase;

    protected override void LoadVendorState()
    {
        Instructions.WriteDr(6, _dr6);
        Instructions.WriteMsr(Msr.Star, _star);
        Instructions.WriteMsr(Msr.LongStar, _longStar);
        Instructions.WriteMsr(Msr.CompatibilityStar, _compatStar);
        Instructions.WriteMsr(Msr.SystemCallMask, _syscallMask);
        Instructions.WriteMsr(Msr.KernelGsBase, _kernelGsBase);
    }

    protected override void StoreVendorState()
    {
        _dr6 = Instructions.ReadDr(6);
        _star = Instructions.ReadMsr(Msr.Star);
        _longStar = Instructions.ReadMsr(Msr.LongStar);
        _compatStar = Instructions.ReadMsr(Msr.CompatibilityStar);
        _syscallMask = Instructions.ReadMsr(Msr.SystemCallMask);
        _kernelGsBase = Instructions.ReadMsr(Msr.KernelGsBase);
    }

    private ulong ReadLive(StateRegister register) => register switch
    {
        StateRegister.Cr2 => _context.GuestCr2,
        StateRegister.Dr6 => IsLive ? Instructions.ReadDr(6) : _dr6,
        StateRegister.Star => IsLive ? Instructions.ReadMsr(Msr.Star) : _star,
        StateRegister.LongStar => IsLive ? Instructions.ReadMsr(Msr.LongStar) : _longStar,
        StateRegister.CompatStar => IsLive ? Instructions.ReadMsr(Msr.CompatibilityStar) : _compatStar,
        StateRegister.SyscallMask => IsLive ? Instructions.ReadMsr(Msr.SystemCallMask) : _syscallMask,
        _ => IsLive ? Instructions.ReadMsr(Msr.KernelGsBase) : _kernelGsBase,
    };

    private void WriteLive(StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Cr2:
                _context.GuestCr2 = value;
                return;
            case StateRegister.Dr6:
                WriteDr6(value);
                return;
            case StateRegister.Star:
                _star = value;
                WriteMsr(Msr.Star, value);
                return;
            case StateRegister.LongStar:
                _longStar = value;
                WriteMsr(Msr.LongStar, value);
                return;
            case StateRegister.CompatStar:
                _compatStar = value;
                WriteMsr(Msr.CompatibilityStar, value);
                return;
            case StateRegister.SyscallMask:
                _syscallMask = value;
                WriteMsr(Msr.SystemCallMask, value);
                return;
            default:
                _kernelGsBase = value;
                WriteMsr(Msr.KernelGsBase, value);
                return;
        }
    }

    private void WriteDr6(ulong value)
    {
        _dr6 = value;
        if (IsLive)
        {
            Instructions.WriteDr(6, value);
        }
    }

    private void WriteMsr(uint index, ulong value)
    {
        if (IsLive)
        {
            Instructions.WriteMsr(index, value);
        }
    }
}
