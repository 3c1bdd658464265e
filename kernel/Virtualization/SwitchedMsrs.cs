// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The MSRs that a guest reads and writes without leaving: both vendors switch them with the vCPU, at each entry and
/// exit or when another vCPU comes.
/// </summary>
internal static class SwitchedMsrs
{
    private static readonly uint[] s_all =
    [
        Msr.Star, Msr.LongStar, Msr.CompatibilityStar, Msr.SystemCallMask, Msr.FsBase, Msr.GsBase, Msr.KernelGsBase,
        Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip,
    ];

    public static ReadOnlySpan<uint> All => s_all;
}
