// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>The host flavour's stacks belong to the framework.</summary>
public static class StackWalk
{
    public static int Collect(ulong framePointer, Span<ulong> addresses) => 0;
}
