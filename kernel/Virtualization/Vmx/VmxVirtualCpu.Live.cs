// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The guest's registers that entries and exits of VT-x leave in the processor, where the hypervisor does not use them:
/// DR6 and the MSRs of SYSCALL and SWAPGS. They move when vCPUs change places. CR2, which a fault of our own would
/// change, is kept by the entry code.
/// </summary>
internal sealed partial class VmxVirtualCpu
{
    private static readonly uint[] s_liveMsrs =
    [
        Msr.Star, Msr.LongStar, Msr.CompatibilityStar, Msr.SystemCallMask, Msr.KernelGsBase,
    ];

    private readonly ulong[] _liveMsrs = new ulong[s_liveMsrs.Length];
    private ulong _dr6;

    protected override void LoadVendorState()
    {
        Instructions.WriteDr(6, _dr6);
        for (int index = 0; index < s_liveMsrs.Length; index++)
        {
            Instructions.WriteMsr(s_liveMsrs[index], _liveMsrs[index]);
        }
    }

    protected override void StoreVendorState()
    {
        _dr6 = Instructions.ReadDr(6);
        for (int index = 0; index < s_liveMsrs.Length; index++)
        {
            _liveMsrs[index] = Instructions.ReadMsr(s_liveMsrs[index]);
        }
    }

    private ulong ReadLive(StateRegister register)
    {
        switch (register)
        {
            case StateRegister.Cr2:
                return _context.GuestCr2;
            case StateRegister.Dr6:
                return IsLive ? Instructions.ReadDr(6) : _dr6;
            default:
                int index = LiveIndexOf(register);
                return IsLive ? Instructions.ReadMsr(s_liveMsrs[index]) : _liveMsrs[index];
        }
    }

    private void WriteLive(StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Cr2:
                _context.GuestCr2 = value;
                break;
            case StateRegister.Dr6:
                WriteDr6(value);
                break;
            default:
                WriteLiveMsr(LiveIndexOf(register), value);
                break;
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

    private void WriteLiveMsr(int index, ulong value)
    {
        _liveMsrs[index] = value;
        if (IsLive)
        {
            Instructions.WriteMsr(s_liveMsrs[index], value);
        }
    }

    private static int LiveIndexOf(StateRegister register)
    {
        int index = register switch
        {
            StateRegister.Star => 0,
            StateRegister.LongStar => 1,
            StateRegister.CompatStar => 2,
            StateRegister.SyscallMask => 3,
            StateRegister.KernelGsBase => 4,
            _ => -1,
        };
        Invariant.Check(index >= 0);
        return index;
    }
}
