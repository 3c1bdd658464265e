// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Lets a burst through and then so many per second. Until it is told the rate of the timestamp counter there is only
/// the burst. Callable from everywhere, takes no lock: at a race one too many or too few passes.
/// </summary>
public sealed class RateLimit
{
    private readonly int _burst;
    private readonly int _perSecond;
    private ulong _ticksPerToken;
    private ulong _refilled;
    private int _tokens;
    private int _suppressed;

    public RateLimit(int burst, int perSecond)
    {
        _burst = burst;
        _perSecond = perSecond;
        _tokens = burst;
    }

    /// <summary>How many were refused since the last call.</summary>
    public int TakeSuppressed() => Interlocked.Exchange(ref _suppressed, 0);

    /// <summary>The timestamp counter's rate in Hz is known.</summary>
    public void SetFrequency(ulong frequency)
    {
        _refilled = Instructions.ReadTimestamp();
        _ticksPerToken = frequency / (ulong)_perSecond;
    }

    /// <summary>True where one more may pass.</summary>
    public bool TryTake()
    {
        Refill();
        if (Interlocked.Decrement(ref _tokens) >= 0)
        {
            return true;
        }

        _ = Interlocked.Increment(ref _tokens);
        _ = Interlocked.Increment(ref _suppressed);
        return false;
    }

    private void Refill()
    {
        if (_ticksPerToken == 0)
        {
            return;
        }

        ulong now = Instructions.ReadTimestamp();
        ulong refilled = Volatile.Read(ref _refilled);
        ulong earned = now > refilled ? (now - refilled) / _ticksPerToken : 0;
        if (earned == 0 || Interlocked.CompareExchange(ref _refilled, now, refilled) != refilled)
        {
            // Nothing yet, or another processor fills it at this moment.
            return;
        }

        int tokens = Volatile.Read(ref _tokens);
        Volatile.Write(ref _tokens, earned >= (ulong)(_burst - tokens) ? _burst : tokens + (int)earned);
    }
}
