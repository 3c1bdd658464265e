// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The host flavour's world switch: a test says what the guest does.</summary>
internal static unsafe class SvmEntry
{
    /// <summary>Called in place of VMRUN; it fills the VMCB and the registers as an exit would.</summary>
    [ThreadStatic]
    public static FakeGuest? Guest;

    /// <summary>The code of a guest between entry and exit.</summary>
    public delegate void FakeGuest(Vmcb* vmcb, GuestRegisters* registers);

    public static void Run(ref SvmContext context, ref GuestRegisters registers)
    {
        fixed (GuestRegisters* pinned = &registers)
        {
            Guest?.Invoke((Vmcb*)context.Vmcb, pinned);
        }
    }

    public static void SaveHost(ulong physical) => _ = physical;
}
