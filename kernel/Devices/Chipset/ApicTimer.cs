// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The timer of a local APIC (Intel SDM volume 3, section 11.5.4). Its bus clock runs at 1 GHz, so that a count is a
/// number of nanoseconds times the divisor.
/// </summary>
internal sealed class ApicTimer : VirtualTimer
{
    /// <summary>The rate before the divisor, in Hz.</summary>
    public const ulong BusFrequency = Frequency.NanosecondsPerSecond;

    /// <summary>Periods are never shorter than this, in nanoseconds, whatever the guest programs.</summary>
    private const ulong ShortestPeriod = 50_000;

    private readonly LocalApic _owner;
    private readonly VirtualClock _clock;
    private readonly VmLock _lock = new();
    private ApicTimerState _state;

    public ApicTimer(LocalApic owner, VirtualClock clock)
    {
        _owner = owner;
        _clock = clock;
        _state.Divisor = 2;
    }

    public ref ApicTimerState State => ref _state;

    private ulong Period => Math.Max(ShortestPeriod, (ulong)_state.InitialCount * _state.Divisor);

    public void Reset()
    {
        _lock.Acquire();
        Stop();
        _state = default;
        _state.Divisor = 2;
        _lock.Release();
    }

    /// <summary>
    /// To and from TSC-deadline mode the timer is disarmed; one-shot and periodic go on with the same count.
    /// </summary>
    public void SetMode(ApicTimerMode mode)
    {
        if (mode == _state.Mode)
        {
            return;
        }

        _lock.Acquire();
        if (mode == ApicTimerMode.TscDeadline || _state.Mode == ApicTimerMode.TscDeadline)
        {
            Stop();
            _state.InitialCount = 0;
            _state.TscDeadline = 0;
        }

        _state.Mode = mode;
        _lock.Release();
    }

    /// <summary>Writes the initial count, which starts the timer; 0 stops it. Ignored in TSC-deadline mode.</summary>
    public void WriteInitialCount(uint value)
    {
        if (_state.Mode == ApicTimerMode.TscDeadline)
        {
            return;
        }

        _lock.Acquire();
        _state.InitialCount = value;
        Stop();
        if (value != 0)
        {
            Start(_clock.Nanoseconds + ((ulong)value * _state.Divisor));
        }

        _lock.Release();
    }

    /// <summary>Bits 3, 1 and 0 of the divide configuration; the count that is left goes on at the new rate.</summary>
    public void WriteDivideConfiguration(uint value)
    {
        uint code = (value & 3) | ((value >> 1) & 4);
        uint divisor = code == 7 ? 1 : 2u << (int)code;
        _lock.Acquire();
        ulong now = _clock.Nanoseconds;
        uint left = CountLeft(now);
        _state.Divisor = divisor;
        if (_state.IsRunning && _state.Mode != ApicTimerMode.TscDeadline)
        {
            Start(now + ((ulong)left * divisor));
        }

        _lock.Release();
    }

    public uint ReadCurrentCount()
    {
        _lock.Acquire();
        uint count = _state.Mode == ApicTimerMode.TscDeadline ? 0 : CountLeft(_clock.Nanoseconds);
        _lock.Release();
        return count;
    }

    /// <summary>IA32_TSC_DEADLINE, which reads as 0 in the other modes and once the moment has passed.</summary>
    public ulong ReadDeadline() => _state.TscDeadline;

    /// <summary>Arms the timer for a value of the guest's TSC; 0 disarms. Ignored in the other modes.</summary>
    public void WriteDeadline(ulong value)
    {
        if (_state.Mode != ApicTimerMode.TscDeadline)
        {
            return;
        }

        _lock.Acquire();
        Stop();
        _state.TscDeadline = value;
        bool isDue = value != 0 && value <= _owner.TimestampCounter;
        if (isDue)
        {
            _state.TscDeadline = 0;
        }
        else if (value != 0)
        {
            Start(TimeOfDeadline());
        }

        _lock.Release();
        if (isDue)
        {
            _owner.TimerExpired();
        }
    }

    /// <summary>The guest has set its TSC: an armed deadline is as far away as the new value says.</summary>
    public void TimestampMoved()
    {
        _lock.Acquire();
        if (_state.IsRunning && _state.Mode == ApicTimerMode.TscDeadline)
        {
            Start(TimeOfDeadline());
        }

        _lock.Release();
    }

    public override void Fire(ulong now)
    {
        _lock.Acquire();
        bool isDue = _state.IsRunning && Expire(now);
        _lock.Release();
        if (isDue)
        {
            _owner.TimerExpired();
        }
    }

    /// <summary>What follows the end of the count; false where it came too early and was armed again.</summary>
    private bool Expire(ulong now)
    {
        switch (_state.Mode)
        {
            case ApicTimerMode.TscDeadline when _owner.TimestampCounter < _state.TscDeadline:
                Start(TimeOfDeadline());
                return false;
            case ApicTimerMode.Periodic:
                ulong period = Period;
                ulong late = now > _state.Expires ? now - _state.Expires : 0;
                _state.PeriodsMerged += late / period;
                Start(now + period - (late % period));
                return true;
            default:
                Stop();
                _state.TscDeadline = 0;
                return true;
        }
    }

    private uint CountLeft(ulong now)
    {
        if (!_state.IsRunning)
        {
            return 0;
        }

        ulong left = 0;
        if (_state.Expires > now)
        {
            left = _state.Expires - now;
        }
        else if (_state.Mode == ApicTimerMode.Periodic)
        {
            // Due, but its interrupt has not been made yet: the counter itself has started over in time.
            left = Period - ((now - _state.Expires) % Period);
        }

        ulong count = (left + _state.Divisor - 1) / _state.Divisor;
        return (uint)Math.Min(count, _state.InitialCount);
    }

    private ulong TimeOfDeadline()
    {
        ulong now = _clock.Nanoseconds;
        ulong tsc = _owner.TimestampCounter;
        ulong ticks = _state.TscDeadline > tsc ? _state.TscDeadline - tsc : 0;
        ulong wait = Frequency.NanosecondsFor(ticks, _clock.TimestampFrequency);
        return wait > ulong.MaxValue - now ? ulong.MaxValue : now + wait;
    }

    private void Start(ulong expires)
    {
        _state.IsRunning = true;
        _state.Expires = expires;
        _clock.Arm(this, expires);
    }

    private void Stop()
    {
        _state.IsRunning = false;
        _clock.Cancel(this);
    }
}
