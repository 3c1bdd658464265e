// SPDX-License-Identifier: MIT
namespace Hypervisor.Simulated;

/// <summary>A VM of a <see cref="ShareScenario"/>: busy for ever, or idle but for moments.</summary>
internal sealed record ShareVm(string Name)
{
    public int Weight { get; init; } = 100;

    /// <summary>Both in percent of one processor; 0 for none.</summary>
    public int Cap { get; init; }
    public int Reserve { get; init; }

    public int Cpus { get; init; } = 1;

    /// <summary>How long an idle one sleeps each time; 0 for a busy one.</summary>
    public int SleepMicroseconds { get; init; }

    public bool IsBusy => SleepMicroseconds == 0;
}
