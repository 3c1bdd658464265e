// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Xunit;

namespace Hypervisor.Unit.Platform;

public sealed class InterruptVectorsTests
{
    [Fact]
    public void ServesTheHandlerOfTheVectorAndContainsItsFault()
    {
        var handler = new FaultyHandler();
        Assert.True(InterruptVectors.TryAllocate(handler, out byte vector));
        Assert.InRange(vector, InterruptVectors.FirstFree, 0xef);

        InterruptVectors.Serve(vector);
        InterruptVectors.Serve(vector);

        Assert.Equal(2ul, handler.Count);
        Assert.Equal(2ul, handler.Faults);
        Assert.Equal(FaultKind.IndexOutOfRange, handler.Last);
        InterruptVectors.Free(vector);
    }

    [Fact]
    public void AHandlerThatHasMoreToDo_RunsAgainInsideTheBoundary()
    {
        var handler = new RepeatingHandler();
        Assert.True(InterruptVectors.TryAllocate(handler, out byte vector));

        InterruptVectors.Serve(vector);

        Assert.Equal(1ul, handler.Count);
        Assert.Equal(2ul, handler.Faults);
        Assert.Equal(0, handler.Left);
        InterruptVectors.Free(vector);
    }

    [Fact]
    public void CountsWhatNobodyServes()
    {
        ulong before = InterruptVectors.Unexpected;
        InterruptVectors.Serve(0x20);
        Assert.Equal(before + 1, InterruptVectors.Unexpected);
    }

    [Fact]
    public void FixedVectorsAreTheUppermost()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => InterruptVectors.SetFixed(0x40, new FaultyHandler()));
        Assert.Throws<ArgumentOutOfRangeException>(() => InterruptVectors.SetFixed(0xff, new FaultyHandler()));
    }

    private sealed class FaultyHandler : InterruptHandler
    {
        private static readonly int[] s_one = [0];

        public FaultKind Last { get; private set; }

        public override void Invoke() => _ = s_one[(int)Count];

        public override bool OnFault(FaultKind kind)
        {
            Last = kind;
            return false;
        }
    }

    /// <summary>As the timer's: three things are due, and two of them fault.</summary>
    private sealed class RepeatingHandler : InterruptHandler
    {
        private static readonly int[] s_one = [0];

        public int Left { get; private set; } = 3;

        public override void Invoke()
        {
            while (Left > 0)
            {
                Left--;
                _ = s_one[Left];
            }
        }

        public override bool OnFault(FaultKind kind) => true;
    }
}
