// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Hypervisor.Console;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>The two rings between a guest's UART and the console.</summary>
public sealed class GuestConsoleTests
{
    [Fact]
    public void Output_IsReadInOrder_FromAnyPlace()
    {
        var console = new GuestConsole();
        Write(console, 10);
        long position = 3;
        byte[] target = new byte[4];
        Assert.Equal(4, console.Read(ref position, target, out long lost));
        Assert.Equal(0, lost);
        Assert.Equal([3, 4, 5, 6], target);
        Assert.Equal(7, position);
        Assert.False(console.PrepareToWait(position));
        Assert.True(console.PrepareToWait(10));
    }

    [Fact]
    public void OutputThatWasPushedOut_IsCounted()
    {
        var console = new GuestConsole();
        Write(console, GuestConsole.KeptBytes + 100);
        long position = 40;
        byte[] target = new byte[8];
        Assert.Equal(0, console.Read(ref position, target, out long lost));
        Assert.Equal(60, lost);
        Assert.Equal(100, position);
        Assert.Equal(8, console.Read(ref position, target, out lost));
        Assert.Equal(0, lost);
        Assert.Equal(100, target[0]);
    }

    [Fact]
    public void Input_IsBounded()
    {
        var console = new GuestConsole();
        for (int i = 0; i < GuestConsole.InputBytes; i++)
        {
            Assert.True(console.TryType((byte)i));
        }

        Assert.False(console.TryType(0));
        Assert.True(console.TryRead(out byte first));
        Assert.Equal(0, first);
        Assert.True(console.TryType(77));
    }

    [Fact]
    public async Task BothSides_RunAtOnce()
    {
        const int Length = 200_000;
        var console = new GuestConsole();
        Task guest = Task.Run(() =>
        {
            for (int i = 0; i < Length; i++)
            {
                // As fast as the reader goes: nothing is pushed out.
                while (!console.TryRead(out _))
                {
                    Thread.Yield();
                }

                console.Write((byte)i);
            }
        });
        long position = 0;
        int typed = 0;
        byte[] target = new byte[100];
        while (position < Length)
        {
            // The guest may go on while this types: it is never let so far ahead that output is pushed out.
            while (typed < Length && typed - position < GuestConsole.KeptBytes / 2 && console.TryType(0))
            {
                typed++;
            }

            long start = position;
            int count = console.Read(ref position, target, out long lost);
            Assert.Equal(0, lost);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal((byte)(start + i), target[i]);
            }
        }

        await guest;
    }

    /// <summary>The guest writes the next byte before it says so: that place is nobody's to read.</summary>
    [Fact]
    public void TheOldestByte_IsNotWhereTheNextOneIsWritten()
    {
        const int Room = 64 * 1024;
        var console = new GuestConsole();
        Write(console, Room + 100);
        Assert.Equal(Room - 1, console.Written - console.Oldest);
        Assert.Equal(Room - 1, GuestConsole.KeptBytes);
    }

    /// <summary>
    /// A guest that says far more than is kept, and a reader at the oldest byte: what it gets is right or counted lost.
    /// </summary>
    [Fact]
    public async Task AReaderThatIsOvertaken_SeesNoWrongByte()
    {
        const long Length = 20_000_000;
        var console = new GuestConsole();
        Task guest = Task.Run(() =>
        {
            for (long i = 0; i < Length; i++)
            {
                console.Write(Said(i));
            }
        });
        byte[] target = new byte[16];
        while (!guest.IsCompleted)
        {
            long position = console.Oldest;
            long start = position;
            int count = console.Read(ref position, target, out _);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Said(start + i), target[i]);
            }
        }

        await guest;

        static byte Said(long position) => (byte)((ulong)position * 0x9e37_79b9_7f4a_7c15 >> 56);
    }

    private static void Write(GuestConsole console, int count)
    {
        for (int i = 0; i < count; i++)
        {
            console.Write((byte)i);
        }
    }
}
