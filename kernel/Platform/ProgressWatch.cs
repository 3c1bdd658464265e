// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>Looks at one counter again and again, and counts the looks in a row at which it stood still.</summary>
internal struct ProgressWatch
{
    private ulong _seen;
    private int _strikes;

    public StuckVerdict Look(ulong progress)
    {
        if (progress != _seen)
        {
            _seen = progress;
            _strikes = 0;
            return StuckVerdict.Fine;
        }

        _strikes++;
        return _strikes < Watchdog.Limit ? StuckVerdict.Fine
            : _strikes < Watchdog.Limit + Watchdog.Grace ? StuckVerdict.Stuck
            : StuckVerdict.StuckForGood;
    }

    public void Restart() => _strikes = 0;
}
