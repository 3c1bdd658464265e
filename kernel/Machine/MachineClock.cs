// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// The clock of one vCPU and of the devices it serves. Its timers lie in the VM's region; towards the host it is one
/// alarm, which belongs to the vCPU's task and so outlives the VM.
/// </summary>
public sealed class MachineClock : VirtualClock
{
    private readonly MachineTime _time;
    private readonly VirtualCpuTask _task;
    private readonly VmLock _lock = new();
    private readonly AlarmHeap _timers;

    /// <summary>Room for <paramref name="capacity"/> timers armed at once; one more is a fault of the VM.</summary>
    public MachineClock(MachineTime time, VirtualCpuTask task, int capacity)
    {
        _time = time;
        _task = task;
        _timers = new AlarmHeap(capacity);
    }

    public override ulong Nanoseconds => _time.Nanoseconds;

    public override ulong TimestampCounter => _time.TimestampCounter;

    public override ulong TimestampFrequency => _time.TimestampFrequency;

    public override ulong ProcessorTimestampFrequency => _time.Host.Frequency;

    public override ulong UnixSeconds => _time.UnixSeconds;

    public override void Arm(VirtualTimer timer, ulong deadline)
    {
        _lock.Acquire();
        _timers.Set(timer, deadline);
        _lock.Release();
        ArmHost();
    }

    public override void Cancel(VirtualTimer timer)
    {
        _lock.Acquire();
        _timers.Remove(timer);
        _lock.Release();
    }

    /// <summary>
    /// Fires what is due, at most <paramref name="budget"/> timers, and has the host wake the vCPU for the next. Called
    /// by the vCPU's task within its fault boundary.
    /// </summary>
    public void FireDue(int budget)
    {
        ulong now = Nanoseconds;
        for (int fired = 0; fired < budget && TryTakeDue(now, out Alarm? due); fired++)
        {
            FaultInjector.Pass(FaultSite.Timer);
            due.Fire(now);
        }

        ArmHost();
    }

    private bool TryTakeDue(ulong now, [NotNullWhen(true)] out Alarm? due)
    {
        _lock.Acquire();
        bool isDue = _timers.TryTakeDue(now, out due);
        _lock.Release();
        return isDue;
    }

    private void ArmHost()
    {
        // A sibling that takes a timer away has another one on top for a moment.
        _lock.Acquire();
        bool isArmed = _timers.First != null;
        ulong deadline = isArmed ? _timers.First!.Deadline : 0;
        _lock.Release();
        if (isArmed)
        {
            _task.ArmAlarm(_time.ToHost(deadline));
        }
    }
}
