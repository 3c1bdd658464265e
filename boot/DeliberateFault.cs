// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Boot.Loader;
using Hypervisor.X64;

namespace Hypervisor.Boot;

/// <summary>
/// Faults on purpose where the command line says so, so that a test, or somebody with a new machine, sees what a panic
/// looks like: <c>panic-test</c> (an unmapped address) or <c>panic-test-stack</c> (a stack overflow).
/// </summary>
internal static unsafe class DeliberateFault
{
    private const ulong UnmappedAddress = 0xffff_a000_0000_0000;

    public static void RunWhereAsked(LoaderInformation loader)
    {
        if (loader.HasOption("panic-test"))
        {
            ReadUnmapped(UnmappedAddress);
        }

        if (loader.HasOption("panic-test-stack"))
        {
            _ = OverflowStack(1);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadUnmapped(ulong address) => Instructions.WriteCr2(*(ulong*)address);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int OverflowStack(int depth) => depth + OverflowStack(depth + 1) + (int)Instructions.ReadCr8();
}
