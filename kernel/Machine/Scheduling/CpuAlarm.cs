// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// The moment at which a timer of a vCPU's clock is due: fires in the timer's interrupt and only posts.
/// </summary>
internal sealed class CpuAlarm : Alarm
{
    private readonly VirtualCpuTask _task;

    public CpuAlarm(VirtualCpuTask task)
    {
        _task = task;
    }

    public override void Fire(ulong now) => _task.OnAlarm();
}
