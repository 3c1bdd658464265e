// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// How many ticks of the timestamp counter lie between two events that were found by looking again and again: an event
/// came after the last look that did not see it and before the first that did. A processor that is held up between two
/// looks makes the answer less exact, never wrong.
/// </summary>
internal readonly struct Elapsed
{
    /// <summary>An answer is good where it leaves open no more than a 64th of itself.</summary>
    private const int GoodShift = 6;

    internal Elapsed(in Sighting first, in Sighting second)
    {
        Least = second.NotBefore - first.NotAfter;
        Most = second.NotAfter - first.NotBefore;
    }

    internal ulong Least { get; }

    internal ulong Most { get; }

    internal bool IsGood => Most - Least <= Most >> GoodShift;

    internal ulong Middle => Least + ((Most - Least) / 2);

    private Elapsed(ulong least, ulong most)
    {
        Least = least;
        Most = most;
    }

    internal static Elapsed Exactly(ulong ticks) => new(ticks, ticks);

    /// <summary>True where both answers leave open that they are the same, give or take two percent.</summary>
    internal bool Agrees(in Elapsed other) =>
        Least <= other.Most + (other.Most / 50) && Most >= other.Least - (other.Least / 50);

    /// <summary>The same for a time that is so many times as long.</summary>
    internal Elapsed Times(ulong numerator, ulong denominator) =>
        new(Least * numerator / denominator, Most * numerator / denominator);

    internal bool IsBetterThan(in Elapsed other) => Most - Least < other.Most - other.Least;
}
