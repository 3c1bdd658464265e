// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The host flavour has no trap entries.</summary>
public static class TrapStubs
{
    public const int Size = 16;

    public const int FirstInterrupt = 32;

    public static ulong GetAddress() => 0;
}
