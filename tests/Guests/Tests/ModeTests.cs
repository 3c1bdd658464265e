// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.Guests.Kit;

namespace Hypervisor.Guests.Tests;

/// <summary>Leaves long mode, works for a while in an older one, and comes back. Modes.S does the walking.</summary>
internal static class ModeTests
{
    [GuestTest]
    internal static void Compatibility() => Check.Equal(0x11, Enter(Mode.Compatibility), "what 32-bit code found");

    [GuestTest]
    internal static void ProtectedWithoutPaging() => Check.Equal(0x22, Enter(Mode.Flat), "what 32-bit code found");

    [GuestTest]
    internal static void ProtectedWithTwoLevels() => Check.Equal(0x33, Enter(Mode.TwoLevels), "what 32-bit code found");

    [GuestTest]
    internal static void ProtectedWithThreeLevels() =>
        Check.Equal(0x44, Enter(Mode.ThreeLevels), "what 32-bit code found");

    [GuestTest]
    internal static void Real() => Check.Equal(0x55, Enter(Mode.Real), "what 16-bit code found");

    [GuestTest]
    internal static void RealManyTimes()
    {
        for (int i = 0; i < 50; i++)
        {
            Check.Equal(0x55, Enter(Mode.Real), "what 16-bit code found");
        }
    }

    private static uint Enter(Mode mode) => EnterMode((int)mode);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestEnterMode")]
    private static extern uint EnterMode(int mode);
}
