// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.X64;

/// <summary>Leaves one stack for another; the code is in StackSwitch.S.</summary>
public static unsafe class StackSwitch
{
    /// <summary>
    /// What an empty stack begins with: R15, R14, R13, R12, RBX, RBP and the return address, as a switch pushes them,
    /// and a null return address and frame pointer for whoever walks the stack.
    /// </summary>
    private const int FrameWords = 9;

    private const int FrameRbx = 4;

    private const int FrameReturn = 6;

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
    public static nint Prepare(nint stackTop, object argument)
    {
        var frame = new Span<nint>((nint*)stackTop - FrameWords, FrameWords);
        frame.Clear();
        frame[FrameRbx] = Unsafe.As<object, nint>(ref argument);
        frame[FrameReturn] = TaskStart();
        return stackTop - (FrameWords * sizeof(nint));
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvTaskStart")]
    private static extern nint TaskStart();
}
