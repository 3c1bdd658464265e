// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Fuzz;

/// <summary>Guest memory with a hole in it, against an array: the same bytes, and no access beyond.</summary>
public sealed class GuestMemoryFuzz
{
    private const int Rounds = 40;
    private const int Steps = 2000;
    private const ulong LowLength = 0x4000;
    private const ulong HighStart = 0x8000;
    private const ulong HighLength = 0x2000;
    private const int Whole = 0xc000;

    [Fact]
    public void EveryAccess_IsWholeOrRefused() =>
        FuzzRun.Rounds(Rounds, static random =>
        {
            GuestMemory memory = HostGuestMemory.Create(
                new GuestRange(new GuestPhysical(0), LowLength),
                new GuestRange(new GuestPhysical(HighStart), HighLength));
            byte[] model = new byte[Whole];
            for (int step = 0; step < Steps; step++)
            {
                Step(memory, model, random);
            }

            Compare(memory, model);
        });

    private static void Step(GuestMemory memory, byte[] model, Random random)
    {
        ulong address = random.Next(16) == 0 ? (ulong)random.NextInt64() - 4 : (ulong)random.Next(Whole);
        int length = random.Next(3) == 0 ? random.Next(0x3000) : random.Next(17);
        bool fits = Fits(address, (ulong)length);
        var place = new GuestPhysical(address);
        byte[] bytes = new byte[length];
        switch (random.Next(4))
        {
            case 0:
                random.NextBytes(bytes);
                Assert.Equal(fits, memory.TryCopyOut(place, bytes));
                break;
            case 1:
                Assert.Equal(fits, memory.TryCopyIn(place, bytes));
                bytes = [];
                break;
            case 2:
                byte filling = (byte)random.Next(256);
                Array.Fill(bytes, filling);
                Assert.Equal(fits, memory.TryFill(place, (ulong)length, filling));
                break;
            default:
                Number(memory, model, place, random);
                bytes = [];
                break;
        }

        if (fits)
        {
            bytes.CopyTo(model.AsSpan((int)address));
        }
    }

    private static void Number(GuestMemory memory, byte[] model, GuestPhysical place, Random random)
    {
        uint value = (uint)random.Next();
        bool fits = Fits(place.Value, sizeof(uint));
        Assert.Equal(fits, memory.TryWrite(place, value));
        Assert.Equal(fits, memory.TryRead(place, out uint read));
        if (fits)
        {
            Assert.Equal(value, read);
            BitConverter.TryWriteBytes(model.AsSpan((int)place.Value), value);
        }
    }

    /// <summary>
    /// An empty access fits wherever its address lies in RAM or right behind it; anything else lies whole in one range.
    /// </summary>
    private static bool Fits(ulong address, ulong length) =>
        new GuestRange(new GuestPhysical(0), LowLength).Contains(new GuestPhysical(address), length)
        || new GuestRange(new GuestPhysical(HighStart), HighLength).Contains(new GuestPhysical(address), length);

    private static void Compare(GuestMemory memory, byte[] model)
    {
        byte[] low = new byte[LowLength];
        byte[] high = new byte[HighLength];
        Assert.True(memory.TryCopyIn(new GuestPhysical(0), low));
        Assert.True(memory.TryCopyIn(new GuestPhysical(HighStart), high));
        Assert.True(low.AsSpan().SequenceEqual(model.AsSpan(0, (int)LowLength)));
        Assert.True(high.AsSpan().SequenceEqual(model.AsSpan((int)HighStart, (int)HighLength)));
    }
}
