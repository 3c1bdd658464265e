// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.X64;

/// <summary>Leaves one stack for another; the code is in StackSwitch.S.</summary>
public static class StackSwitch
{
    /// <summary>
    /// Goes on on the stack at <paramref name="next"/>, which an earlier switch or <see cref="Prepare"/> left there.
    /// Returns when somebody switches to what was stored in <paramref name="saved"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvSwitchStack")]
    public static extern void Switch(ref nint saved, nint next);

    /// <summary>
    /// Makes an empty stack ready: the first switch to the result calls the export HvTaskEntry with
    /// <paramref name="argument"/>, interrupts on.
    /// </summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvPrepareStack")]
    public static extern nint Prepare(nint stackTop, object argument);
}
