// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// One processor's alarms over its one hardware timer. Alarms fire from the timer's interrupt, outside the
/// lock, so they only post and wake.
/// </summary>
public sealed class DeadlineQueue
{
    private readonly HostClock _clock;
    private readonly TimerHardware _hardware;
    private readonly SharedLock _lock = new(LockRank.Deadlines, "deadlines");
    private readonly AlarmHeap _heap;

    /// <summary>Room for <paramref name="capacity"/> alarms armed at once; one more is a fault.</summary>
    public DeadlineQueue(HostClock clock, TimerHardware hardware, int capacity)
    {
        _clock = clock;
        _hardware = hardware;
        _heap = new AlarmHeap(capacity);
    }

    /// <summary>Alarms that are armed.</summary>
    public int Armed => _heap.Count;

    /// <summary>Timer interrupts taken.</summary>
    public ulong Interrupts { get; private set; }

    /// <summary>Arms or moves <paramref name="alarm"/> to <paramref name="moment"/> of the host clock.</summary>
    public void Arm(Alarm alarm, ulong moment)
    {
        // Nothing else of this processor comes in between and finds itself not the first, with nothing programmed.
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        _lock.Acquire();
        Alarm? before = _heap.First;
        ulong deadlineBefore = before == null ? ulong.MaxValue : before.Deadline;
        _heap.Set(alarm, moment);
        bool sooner = _heap.First!.Deadline < deadlineBefore;
        _lock.Release();
        if (sooner)
        {
            Program();
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }

    /// <summary>
    /// Disarms <paramref name="alarm"/>. The hardware stays as it is: one interrupt too many finds nothing due.
    /// </summary>
    public void Cancel(Alarm alarm)
    {
        _lock.Acquire();
        _heap.Remove(alarm);
        _lock.Release();
    }

    /// <summary>
    /// The timer's interrupt, with interrupts off: fires what is due and arms the hardware for the next.
    /// </summary>
    public void OnInterrupt()
    {
        Interrupts++;
        ulong now = _clock.Now;
        while (TryTakeDue(now, out Alarm? due))
        {
            due.Fire(now);
        }

        Program();
    }

    private bool TryTakeDue(ulong now, [NotNullWhen(true)] out Alarm? due)
    {
        _lock.Acquire();
        bool isDue = _heap.TryTakeDue(now, out due);
        _lock.Release();
        return isDue;
    }

    private void Program()
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        _lock.Acquire();
        bool isArmed = _heap.First != null;
        ulong deadline = isArmed ? _heap.First!.Deadline : 0;
        _lock.Release();
        if (isArmed)
        {
            _hardware.Arm(deadline);
        }
        else
        {
            _hardware.Disarm();
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
    }
}
