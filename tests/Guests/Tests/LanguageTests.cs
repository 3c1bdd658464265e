// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Text;
using System.Threading;
using Hypervisor.Guests.Kit;

namespace Hypervisor.Guests.Tests;

/// <summary>The parts of C# that our core library and the runtime's assembly carry.</summary>
internal static class LanguageTests
{
    private interface IShape
    {
        int Area { get; }

        int Twice => Area * 2;
    }

    [GuestTest]
    internal static void InterfaceDispatch()
    {
        IShape[] shapes = [new Square(3), new Strip(5), new Boxed(7)];
        int sum = 0;
        for (int i = 0; i < 300; i++)
        {
            sum += shapes[i % 3].Area + shapes[(i + 1) % 3].Twice;
        }
        Check.Equal(100 * ((9 + 5 + 7) + (2 * (9 + 5 + 7))), sum, "sum");
    }

    [GuestTest]
    internal static void GenericsAndCollections()
    {
        Dictionary<string, int> numbers = new();
        for (int i = 0; i < 500; i++)
        {
            numbers[$"key {i}"] = i;
        }
        _ = numbers.Remove("key 17");
        Check.Equal(499, numbers.Count, "entries");
        Check.That(numbers.TryGetValue("key 499", out int last) && last == 499, "last entry");
        Check.That(!numbers.ContainsKey("key 17"), "removed entry");
        List<int> list = [5, 3, 9, 1];
        list.Sort();
        Check.That(list[0] == 1 && list[3] == 9 && list.IndexOf(5) == 2, "sorted list");
        int sum = 0;
        foreach (KeyValuePair<string, int> pair in numbers)
        {
            sum += pair.Value;
        }
        Check.Equal((499 * 500 / 2) - 17, sum, "sum of values");
    }

    [GuestTest]
    internal static void TextOfNumbers()
    {
        Check.That($"{-42} {0x1ful:x} {255:X4} {7u:D3}" == "-42 1f 00FF 007", "formats");
        Check.That($"{long.MinValue}" == "-9223372036854775808", "smallest number");
        Check.That($"[{"ab",5}][{"ab",-5}][{true}]" == "[   ab][ab   ][True]", "alignment");
        Check.That(int.TryParse(" -17 ", out int parsed) && parsed == -17, "parse");
        Check.That(!byte.TryParse("256", out _) && !int.TryParse("1x", out _), "refused");
    }

    [GuestTest]
    internal static void TextOperations()
    {
        string[] parts = "one,two,,three".Split(',');
        Check.Equal(4, parts.Length, "parts");
        Check.That(string.Join("-", parts) == "one-two--three", "join");
        Check.That("  x y ".Trim() == "x y" && "abcdef".Substring(2, 3) == "cde", "trim and substring");
        Check.That("Hello".Equals("hELLO", StringComparison.OrdinalIgnoreCase), "case");
        StringBuilder builder = new();
        for (int i = 0; i < 100; i++)
        {
            builder.Append(i).Append(' ');
        }
        Check.Equal(290, builder.Length, "builder");
        Check.That("abc".AsSpan(1..).SequenceEqual("bc") && "needle in hay".Contains("in"), "spans");
    }

    [GuestTest]
    internal static void TypeTests()
    {
        object[] things = [1, "two", new Square(3), new int[2], null!];
        int seen = 0;
        foreach (object thing in things)
        {
            seen = (seen * 10) + thing switch
            {
                int number => number,
                string => 2,
                IShape => 3,
                Array => 4,
                null => 5,
                _ => 9,
            };
        }
        Check.Equal(12345, seen, "types");
        int? maybe = (int?)things[0];
        Check.That(maybe == 1 && things[4] is null && (object)maybe is int, "nullable");
        Check.That(things[1].GetType() == typeof(string) && things[0].GetType() != typeof(long), "type identity");
    }

    [GuestTest]
    internal static void AtomicsAndBits()
    {
        int value = 5;
        Check.Equal(5, Interlocked.CompareExchange(ref value, 9, 5), "previous");
        Check.Equal(10, Interlocked.Increment(ref value), "increment");
        Check.Equal(10, Interlocked.Or(ref value, 5), "or");
        Check.Equal(15, Interlocked.Exchange(ref value, 1), "exchange");
        object? slot = null;
        object first = "first";
        Check.That(Interlocked.CompareExchange(ref slot, first, null) is null && slot == first, "reference");
        Check.Equal(40, BitOperations.TrailingZeroCount(1ul << 40), "trailing");
        Check.Equal(23, BitOperations.LeadingZeroCount(1ul << 40), "leading");
        Check.Equal(3, BitOperations.PopCount(0x10101ul), "count");
        Check.Equal(0x80000000, BitOperations.RoundUpToPowerOf2(0x40000001u), "round up");
        ulong high = Math.BigMul(0xffffffffffffffff, 0xfffffffffffffffe, out ulong low);
        Check.That(high == 0xfffffffffffffffd && low == 2, "wide product");
    }

    [GuestTest]
    internal static void BlockMoves()
    {
        byte[] bytes = new byte[300];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)i;
        }
        bytes.AsSpan(0, 250).CopyTo(bytes.AsSpan(3));
        Check.That(bytes[3] == 0 && bytes[100] == 97 && bytes[252] == 249 && bytes[253] == 253, "up, overlapping");
        bytes.AsSpan(3, 250).CopyTo(bytes);
        Check.That(bytes[0] == 0 && bytes[100] == 100 && bytes[249] == 249, "down, overlapping");
        string[] words = ["a", "b", "c", "d"];
        Array.Copy(words, 0, words, 1, 3);
        Check.That(string.Concat(words) == "aabc", "references");
        bytes.AsSpan(10, 77).Fill(0xee);
        Check.That(bytes[9] == 9 && bytes[10] == 0xee && bytes[86] == 0xee && bytes[87] == 87, "fill");
    }

    private sealed class Square(int side) : IShape
    {
        public int Area => side * side;
    }

    private sealed class Strip(int length) : IShape
    {
        public int Area => length;

        public int Twice => 2 * length;
    }

    private readonly struct Boxed(int area) : IShape
    {
        public int Area => area;
    }
}
