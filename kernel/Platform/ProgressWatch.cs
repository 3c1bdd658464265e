// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Looks at one counter again and again, and counts the looks in a row at which it stood still: in full, or as less
/// where the code that was met only waits for another processor.
/// </summary>
internal struct ProgressWatch
{
    /// <summary>What a look counts that meets code which does not wait.</summary>
    public const int FullWeight = Watchdog.WaitLimit / Watchdog.Limit;

    private ulong _seen;
    private int _strikes;

    /// <summary>Stuck from look number <paramref name="limit"/> of full weight at the same progress on.</summary>
    public StuckVerdict Look(ulong progress, bool isWaiting, int limit)
    {
        if (progress != _seen)
        {
            _seen = progress;
            _strikes = 0;
            return StuckVerdict.Fine;
        }

        _strikes += isWaiting ? 1 : FullWeight;
        return _strikes < limit * FullWeight ? StuckVerdict.Fine
            : _strikes < (limit + Watchdog.Grace) * FullWeight ? StuckVerdict.Stuck
            : StuckVerdict.StuckForGood;
    }

    public void Restart() => _strikes = 0;
}
