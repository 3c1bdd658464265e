// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Hypervisor.X64;

/// <summary>The entry points of all vectors; the code is in Traps.S.</summary>
public static class TrapStubs
{
    /// <summary>The distance from one vector's stub to the next, in bytes.</summary>
    public const int Size = 16;

    /// <summary>The first vector that is no exception's.</summary>
    public const int FirstInterrupt = 32;

    /// <summary>The linear address of vector 0's stub.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvTrapStubs")]
    public static extern ulong GetAddress();
}
