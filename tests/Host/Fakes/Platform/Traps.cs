// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>The host flavour has no traps: a fault is an exception of the framework.</summary>
public static class Traps
{
    public static ulong Contained => 0;

    public static ulong StrayNmis => 0;

    public static void SetWatchdog(WatchdogHook watchdog)
    {
    }
}
