// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Xunit;

namespace Hypervisor.Unit.Memory;

/// <summary>The two kinds of locks and what a fault or a dying VM does to those who wait.</summary>
public sealed class LockTests
{
    [Fact]
    public void SharedLock_SwitchesInterruptsOffAndCounts()
    {
        var outer = new SharedLock(LockRank.Region, "outer");
        var inner = new SharedLock(LockRank.Frames, "inner");
        Assert.True(CurrentProcessor.InterruptsAreOn);
        outer.Acquire();
        inner.Acquire();
        Assert.False(CurrentProcessor.InterruptsAreOn);
        Assert.Equal(2, CurrentProcessor.SharedLocksHeld);
        inner.Release();
        Assert.False(CurrentProcessor.InterruptsAreOn);
        outer.Release();
        Assert.True(CurrentProcessor.InterruptsAreOn);
        Assert.Equal(0, CurrentProcessor.SharedLocksHeld);
    }

    [Fact]
    public void SharedLocks_OutOfOrder_AreAFault()
    {
        var first = new SharedLock(LockRank.Frames, "frames");
        var second = new SharedLock(LockRank.Region, "region");
        first.Acquire();
        InvalidOperationException fault = Assert.Throws<InvalidOperationException>(second.Acquire);
        Assert.Equal("region", fault.Message);
        Assert.Throws<InvalidOperationException>(first.Acquire);
        first.Release();
        Assert.Throws<InvalidOperationException>(first.Release);
        CurrentProcessor.RestoreInterrupts(true);
    }

    [Fact]
    public void SharedLock_LetsOneInAtATime()
    {
        var shared = new SharedLock(LockRank.Log, "test");
        int counter = 0;
        RunOnThreads(4, () =>
        {
            for (int round = 0; round < 2000; round++)
            {
                shared.Acquire();
                counter++;
                shared.Release();
            }
        });
        Assert.Equal(8000, counter);
        Assert.False(shared.IsHeld);
    }

    [Fact]
    public void VmLock_LetsOneInAtATime()
    {
        var vmLock = new VmLock();
        int counter = 0;
        RunOnThreads(4, () =>
        {
            for (int round = 0; round < 2000; round++)
            {
                vmLock.Acquire();
                counter++;
                vmLock.Release();
            }
        });
        Assert.Equal(8000, counter);
        Assert.False(vmLock.IsHeld);
    }

    [Fact]
    public void VmLock_TakenTwice_IsAFault()
    {
        var vmLock = new VmLock();
        vmLock.Acquire();
        Assert.Throws<InvalidOperationException>(vmLock.Acquire);
        vmLock.Release();
        Assert.Throws<InvalidOperationException>(vmLock.Release);
    }

    [Fact]
    public void VmLocks_MayBeReleasedInAnyOrder()
    {
        var first = new VmLock();
        var second = new VmLock();
        var third = new VmLock();
        first.Acquire();
        second.Acquire();
        third.Acquire();
        second.Release();
        Assert.True(first.IsHeldHere);
        Assert.False(second.IsHeldHere);
        Assert.True(third.IsHeldHere);
        first.Release();
        third.Release();
        Assert.Null(CurrentProcessor.VmLocks);
        Assert.False(first.IsHeld || second.IsHeld || third.IsHeld);
    }

    [Fact]
    public void AWaiter_GivesUpWhenTheVmIsDying()
    {
        var life = new VmLife();
        life.Begin();
        var vmLock = new VmLock(life);
        vmLock.Acquire();
        bool gaveUp = false;
        var waiter = new Thread(() =>
        {
            try
            {
                vmLock.Acquire();
            }
            catch (ContainedFault)
            {
                gaveUp = true;
            }
        });
        waiter.Start();
        Assert.False(waiter.Join(50));
        life.BeginDying();
        Assert.True(waiter.Join(TimeSpan.FromSeconds(20)));
        Assert.True(gaveUp);
        vmLock.Release();
    }

    private static void RunOnThreads(int count, Action body)
    {
        var threads = new Thread[count];
        for (int index = 0; index < count; index++)
        {
            threads[index] = new Thread(() => body());
            threads[index].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }
}
