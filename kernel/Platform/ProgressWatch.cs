// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>Looks at one counter again and again, and counts the looks in a row at which it stood still.</summary>
internal struct ProgressWatch
{
    private ulong _seen;
    private int _strikes;

    /// <summary>Stuck from look number <paramref name="limit"/> at the same progress on.</summary>
    public StuckVerdict Look(ulong progress, int limit)
    {
        if (progress != _seen)
        {
            _seen = progress;
            _strikes = 0;
            return StuckVerdict.Fine;
        }

        _strikes++;
        return _strikes < limit ? StuckVerdict.Fine
            : _strikes < limit + Watchdog.Grace ? StuckVerdict.Stuck
            : StuckVerdict.StuckForGood;
    }

    public void Restart() => _strikes = 0;
}
