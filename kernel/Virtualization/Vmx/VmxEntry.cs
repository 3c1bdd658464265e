// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The world switch of VmxEntry.S.</summary>
internal static class VmxEntry
{
    /// <summary>
    /// Runs the guest of the current VMCS until it exits. Interrupts are off at the call and on after it: what ended
    /// guest mode has been taken by then. <paramref name="registers"/> are the guest's before and after.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxRun")]
    public static extern void Run(ref VmxContext context, ref GuestRegisters registers);

    /// <summary>The address that the processor goes on from at an exit.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvVmxExitAddress")]
    public static extern ulong GetExitAddress();
}
