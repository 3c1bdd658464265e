// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Hypervisor.Fuzz;

/// <summary>Damages bytes the way that finds mistakes of parsers: few changes, at likely values.</summary>
internal static class Mutation
{
    private static readonly byte[] s_likely =
        [0, 1, 0x7f, 0x80, 0xfe, 0xff, (byte)'"', (byte)'[', (byte)'\n', (byte)'='];

    /// <summary>A copy of <paramref name="input"/> with one to eight changes.</summary>
    public static byte[] Damage(ReadOnlySpan<byte> input, Random random)
    {
        var bytes = new List<byte>(input.ToArray());
        int changes = random.Next(1, 9);
        for (int change = 0; change < changes; change++)
        {
            Change(bytes, random);
        }

        return [.. bytes];
    }

    private static void Change(List<byte> bytes, Random random)
    {
        int position = random.Next(bytes.Count + 1);
        switch (random.Next(7))
        {
            case 0 when position < bytes.Count:
                bytes[position] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when position < bytes.Count:
                bytes[position] = s_likely[random.Next(s_likely.Length)];
                break;
            case 2:
                bytes.Insert(position, (byte)random.Next(256));
                break;
            case 3:
                bytes.RemoveRange(position, Math.Min(random.Next(16), bytes.Count - position));
                break;
            case 4:
                int length = Math.Min(random.Next(64), bytes.Count - position);
                bytes.InsertRange(position, bytes.GetRange(position, length));
                break;
            case 5 when random.Next(8) == 0:
                bytes.RemoveRange(position, bytes.Count - position);
                break;
            default:
                Overwrite(bytes, position, random);
                break;
        }
    }

    /// <summary>Two, four or eight bytes become a number at an edge.</summary>
    private static void Overwrite(List<byte> bytes, int position, Random random)
    {
        int size = 2 << random.Next(3);
        ulong value = random.Next(4) switch
        {
            0 => ulong.MaxValue,
            1 => 0x7fff_ffff_ffff_ffffUL >> (64 - (size * 8)),
            2 => (ulong)random.NextInt64(),
            _ => (ulong)random.Next(64),
        };
        for (int i = 0; i < size && position + i < bytes.Count; i++)
        {
            bytes[position + i] = (byte)(value >> (i * 8));
        }
    }
}
