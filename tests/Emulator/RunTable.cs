// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>All runs.</summary>
internal static class RunTable
{
    public static readonly Run[] All =
    [
        .. GuestRuns.All,
        .. LinuxRuns.All,
        .. KernelRuns.All,
        .. BochsRuns.All,
        .. LessRuns.All,
        .. BoardRuns.All,
        .. ConsoleRuns.All,
        .. SeveralRuns.All,
        .. SmpRuns.All,
        .. WorkRuns.All,
        .. RoomRuns.All,
        .. ConfigRuns.All,
        .. PanicRuns.All,
        .. ExitCostRuns.All,
        .. ShareRuns.All,
        .. SoakRuns.All,
        .. FaultRuns.All,
        .. AssaultRuns.All,
        .. DriverRuns.All,
    ];
}
