// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// How long host tasks may still go before the vCPUs of their processor: a quarter of the time, up to 20 ms at a
/// stretch. What a guest can make the host do does not stop the other guests so.
/// </summary>
internal sealed class UrgentCredit
{
    /// <summary>20 ms.</summary>
    public const long Most = 20_000_000;

    /// <summary>One part of so many.</summary>
    public const int Part = 4;

    private long _left = Most;
    private ulong _since;

    public bool IsLeft(ulong now)
    {
        Earn(now);
        return _left > 0;
    }

    public void Spend(ulong now, ulong nanoseconds)
    {
        // Not further than that: while nobody else wanted to run it cost nobody anything.
        Earn(now);
        _left = Math.Max(-Most, _left - (long)nanoseconds);
    }

    private void Earn(ulong now)
    {
        // Asked by another processor, whose clock may be a little behind.
        if (now > _since)
        {
            _left = Math.Min(Most, _left + (long)((now - _since) / Part));
            _since = now;
        }
    }
}
