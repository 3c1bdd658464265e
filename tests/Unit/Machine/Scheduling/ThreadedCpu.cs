// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Platform;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>A vCPU for real threads: takes what is posted, posts to others, notices a second runner.</summary>
internal sealed class ThreadedCpu : Schedulable
{
    private readonly ThreadedCpu[] _all;
    private int _posted;
    private int _running;
    private int _leaving;
    private uint _random;

    public ThreadedCpu(ThreadedCpu[] all, int index)
    {
        _all = all;
        _random = (uint)index + 1;
        IsGuest = true;
    }

    /// <summary>Everybody posts to others as long as this holds.</summary>
    public static volatile bool IsBusy;

    /// <summary>How often it ran twice at once, or left a processor while it ran.</summary>
    public int Collisions { get; private set; }

    public int Posted => Volatile.Read(ref _posted);

    public void Post()
    {
        _ = Interlocked.Increment(ref _posted);
        Wake();
    }

    public override SliceOutcome RunSlice()
    {
        Collisions += Interlocked.Exchange(ref _running, 1) + Volatile.Read(ref _leaving);
        _ = Interlocked.Exchange(ref _posted, 0);
        for (uint posts = Draw() % 3; posts > 0 && IsBusy; posts--)
        {
            _all[Draw() % _all.Length].Post();
        }

        Volatile.Write(ref _running, 0);
        return IsBusy && Draw() % 4 == 0 ? SliceOutcome.Preempted : SliceOutcome.Wait;
    }

    public override void LeaveProcessor()
    {
        Volatile.Write(ref _leaving, 1);
        Collisions += Volatile.Read(ref _running);
        Thread.SpinWait(20);
        Volatile.Write(ref _leaving, 0);
    }

    private uint Draw()
    {
        _random = (_random * 1664525) + 1013904223;
        return _random >> 8;
    }
}
