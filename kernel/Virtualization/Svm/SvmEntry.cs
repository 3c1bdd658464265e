// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The assembly of SvmEntry.S.</summary>
internal static class SvmEntry
{
    /// <summary>
    /// Runs the guest until it exits. Interrupts are off at the call and on after it: what ended guest mode has been
    /// taken by then. <paramref name="registers"/> are the guest's before and after.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvSvmRun")]
    public static extern void Run(ref SvmContext context, ref GuestRegisters registers);

    /// <summary>VMSAVE: stores FS, GS, TR, LDTR and the system call MSRs of this processor.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvSvmSave")]
    public static extern void SaveHost(ulong physical);
}
