// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Hypervisor.Platform;

/// <summary>
/// A VM's limits on processor time: what it may have at most (cap) and is to have at least (reserve) in every period of
/// 100 ms, in all its vCPUs together, on whichever processors. A slice's time is taken before the slice and settled
/// after it, so that vCPUs that run at the same time do not spend the same budget. Used from all processors without a
/// lock.
/// </summary>
public sealed class ProcessorShare
{
    /// <summary>100 ms. All periods begin at the same moments, multiples of this of the host clock.</summary>
    public const ulong PeriodNanoseconds = 100_000_000;

    /// <summary>Less than this (50 us) is not worth a slice: the budget is used up, the reserve was had.</summary>
    public const ulong SmallestGrant = 50_000;

    private const ulong NanosecondsPerPercent = PeriodNanoseconds / 100;

    /// <summary>The low bits of the word are nanoseconds used (17 s), the others the number of the period.</summary>
    private const int UsedBits = 34;
    private const ulong UsedMask = (1UL << UsedBits) - 1;
    private const ulong PeriodMask = ulong.MaxValue >> UsedBits;

    private readonly ulong _cap;
    private readonly ulong _reserve;
    private ulong _word;

    /// <summary>Both in percent of one processor; 0 for none.</summary>
    public ProcessorShare(int cap, int reserve)
    {
        _cap = (ulong)cap * NanosecondsPerPercent;
        _reserve = (ulong)reserve * NanosecondsPerPercent;
    }

    public bool HasLimits => (_cap | _reserve) != 0;

    public bool HasCap => _cap != 0;

    /// <summary>The moment at which the period of <paramref name="now"/> ends.</summary>
    public static ulong EndOfPeriod(ulong now) => now - (now % PeriodNanoseconds) + PeriodNanoseconds;

    /// <summary>No vCPU of the VM runs until the period ends.</summary>
    public bool IsOutOfBudget(ulong now) => _cap != 0 && UsedAt(now) + SmallestGrant > _cap;

    /// <summary>The VM has not had its reserve in this period: it goes before those that have.</summary>
    public bool IsOwed(ulong now) => _reserve != 0 && UsedAt(now) + SmallestGrant <= _reserve;

    /// <summary>
    /// Takes up to <paramref name="wanted"/> nanoseconds for a slice that begins now; the slice ends where the reserve
    /// does, so that nobody goes first for longer than was promised. 0 where the budget is used up.
    /// </summary>
    public ulong Take(ulong now, ulong wanted)
    {
        while (true)
        {
            ulong before = Volatile.Read(ref _word);
            ulong word = Roll(before, now);
            ulong granted = Math.Min(wanted, Grant(word & UsedMask));
            if (granted == 0 || Interlocked.CompareExchange(ref _word, word + granted, before) == before)
            {
                return granted;
            }
        }
    }

    /// <summary>A slice that began with a grant is over: puts what it really ran in the place of the grant.</summary>
    public void Settle(ulong began, ulong now, ulong granted, ulong ran)
    {
        bool isSamePeriod = began / PeriodNanoseconds == now / PeriodNanoseconds;
        ulong before;
        ulong word;
        do
        {
            before = Volatile.Read(ref _word);
            word = Roll(before, now);
            ulong used = word & UsedMask;
            if (ran >= granted)
            {
                used = Math.Min(used + ran - granted, UsedMask);
            }
            else if (isSamePeriod)
            {
                used -= Math.Min(used, granted - ran);
            }

            word = (word & ~UsedMask) | used;
        }
        while (Interlocked.CompareExchange(ref _word, word, before) != before);
    }

    private ulong Grant(ulong used)
    {
        ulong limit = ulong.MaxValue;
        if (_reserve != 0 && used + SmallestGrant <= _reserve)
        {
            limit = _reserve - used;
        }

        if (_cap == 0)
        {
            return limit;
        }

        return used + SmallestGrant > _cap ? 0 : Math.Min(limit, _cap - used);
    }

    private ulong UsedAt(ulong now) => Roll(Volatile.Read(ref _word), now) & UsedMask;

    /// <summary>
    /// The word as it is in the period of <paramref name="now"/>. What a slice ran over its grant (an exit takes as
    /// long as it takes) is owed to the cap in the following periods.
    /// </summary>
    private ulong Roll(ulong word, ulong now)
    {
        ulong period = (now / PeriodNanoseconds) & PeriodMask;
        ulong elapsed = (period - (word >> UsedBits)) & PeriodMask;
        if (elapsed == 0 || elapsed > PeriodMask / 2)
        {
            // Another processor has looked at its clock later and come here earlier.
            return word;
        }

        ulong used = word & UsedMask;
        ulong paid = _cap * Math.Min(elapsed, UsedMask / PeriodNanoseconds);
        ulong left = _cap != 0 && used > paid ? used - paid : 0;
        return (period << UsedBits) | left;
    }
}
