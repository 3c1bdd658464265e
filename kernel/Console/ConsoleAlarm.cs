// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Console;

/// <summary>Wakes the console when it wants to look again.</summary>
internal sealed class ConsoleAlarm : Alarm
{
    public Schedulable? Task { get; set; }

    public override void Fire(ulong now) => Task?.Wake();
}
