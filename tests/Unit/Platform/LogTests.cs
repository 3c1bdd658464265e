// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

[Collection("log")]
public sealed class LogTests
{
    public LogTests()
    {
        Log.IsEchoed = false;
    }

    [Fact]
    public void KeepsALineWithAllKindsOfParts()
    {
        string name = "web";
        long number = Log.Next;
        Log.Host($"{name}: {-3} {0x1fu:x4} {5ul} {true} {'c'} {new GuestPhysical(0x1000)} {"bytes"u8}");

        Assert.True(Log.TryRead(number, out LogLine line));
        Assert.Equal(LogLevel.Host, line.Level);
        Assert.Equal("web: -3 001f 5 true c 0x1000 bytes", TextOf(line));
    }

    [Fact]
    public void CutsLongLines()
    {
        long number = Log.Next;
        Log.Warning($"{new string('x', 500)}");

        Assert.True(Log.TryRead(number, out LogLine line));
        Assert.Equal(LogText.Capacity, line.Length);
    }

    [Fact]
    public void ForgetsTheOldest()
    {
        long number = Log.Next;
        for (int count = 0; count <= Log.Capacity; count++)
        {
            Log.Host($"line {count}");
        }

        Assert.False(Log.TryRead(number, out _));
        Assert.True(Log.TryRead(Log.Next - 1, out LogLine last));
        Assert.Equal($"line {Log.Capacity}", TextOf(last));
        Assert.False(Log.TryRead(-1, out _));
    }

    [Fact]
    public void LimitsGuests()
    {
        var limit = new RateLimit(3, 10);
        int passed = 0;
        for (int count = 0; count < 10; count++)
        {
            passed += limit.TryTake() ? 1 : 0;
        }

        Assert.Equal(3, passed);
        Assert.Equal(7, limit.TakeSuppressed());
        Assert.Equal(0, limit.TakeSuppressed());
    }

    [Fact]
    public void LimitIsRefilledWithTime()
    {
        FakeProcessor processor = FakeProcessor.Reset();
        var limit = new RateLimit(2, 10);
        limit.SetFrequency(1_000_000);
        Assert.True(limit.TryTake() && limit.TryTake());
        Assert.False(limit.TryTake());

        processor.Timestamp += 100_000;
        Assert.True(limit.TryTake());
        Assert.False(limit.TryTake());
        processor.Timestamp += 10_000_000;
        Assert.True(limit.TryTake() && limit.TryTake());
        Assert.False(limit.TryTake());
    }

    private static string TextOf(LogLine line)
    {
        ReadOnlySpan<byte> text = line.Text;
        return Encoding.ASCII.GetString(text.Slice(0, line.Length));
    }
}
