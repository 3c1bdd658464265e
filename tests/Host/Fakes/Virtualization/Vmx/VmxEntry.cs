// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The host flavour's world switch: a test says what the guest does.</summary>
internal static class VmxEntry
{
    /// <summary>
    /// Called in place of the entry; it fills the context, the VMCS and the registers as an exit would.
    /// </summary>
    [ThreadStatic]
    public static FakeGuest? Guest;

    /// <summary>The code of a guest between entry and exit.</summary>
    public delegate void FakeGuest(ref VmxContext context, ref GuestRegisters registers);

    public static void Run(ref VmxContext context, ref GuestRegisters registers)
    {
        Guest?.Invoke(ref context, ref registers);
        context.Interruptibility = VmxInstructions.ReadField((uint)VmcsField32.GuestInterruptibility);
        context.IsLaunched = 1;
    }

    public static ulong GetExitAddress() => 0xFFFF_FFFF_8010_0000;
}
