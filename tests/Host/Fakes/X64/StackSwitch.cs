// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>The host flavour has no stacks to switch: a test calls a task's body itself.</summary>
public static class StackSwitch
{
    public static void Switch(ref nint saved, nint next) => throw new NotSupportedException();

    public static nint Prepare(nint stackTop, object argument) => 0;
}
