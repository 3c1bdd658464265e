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

        public override void OnFault(FaultKind kind) => Last = kind;
    }
}
