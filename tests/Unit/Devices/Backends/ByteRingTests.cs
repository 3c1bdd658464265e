// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Devices.Backends;
using Xunit;

namespace Hypervisor.Unit.Devices.Backends;

public sealed class ByteRingTests
{
    [Fact]
    public void FullRing_RefusesOrForgetsTheOldest()
    {
        var ring = new ByteRing(3);
        Assert.True(ring.TryWrite(1) && ring.TryWrite(2) && ring.TryWrite(3));
        Assert.False(ring.TryWrite(4));
        ring.Push(5);
        Assert.Equal(1UL, ring.Dropped);
        Assert.Equal(2, ring[0]);
        Assert.Equal(5, ring[2]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => ring[3]);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => ring[-1]);
    }

    [Fact]
    public void Ring_BehavesAsABoundedQueue()
    {
        Prop.ForAll<int[]>(operations =>
        {
            var ring = new ByteRing(5);
            var model = new Queue<byte>();
            foreach (int operation in operations)
            {
                byte value = (byte)operation;
                if (operation % 3 == 0)
                {
                    bool got = ring.TryRead(out byte read);
                    if (got != model.TryDequeue(out byte expected) || read != expected)
                    {
                        return false;
                    }
                }
                else
                {
                    if (model.Count == 5)
                    {
                        _ = model.Dequeue();
                    }

                    model.Enqueue(value);
                    ring.Push(value);
                }
            }

            return ring.Count == model.Count;
        }).QuickCheckThrowOnFailure();
    }
}
