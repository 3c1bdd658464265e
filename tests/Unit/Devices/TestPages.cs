// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Unit.Devices;

/// <summary>Pages of registers in the thread's arena, each one another.</summary>
internal static class TestPages
{
    private const ulong First = 0x4000_0000;

    [ThreadStatic]
    private static ulong s_taken;

    public static RegisterPage Next() => new(new HostPhysical(First + (s_taken++ * TablePage.Size)));
}
