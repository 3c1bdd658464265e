// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Hypervisor.Console;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>What a guest said, as it is shown where it may not control the terminal.</summary>
public sealed class PlainTextTests
{
    [Theory]
    [InlineData("one\ttwo\r\nthree", "one\ttwo\r\nthree")]
    [InlineData("\u001b[1;31mred\u001b[m \u001b(0x\u001b(B", "red x")]
    [InlineData("a\u001b[6n\u001b[cb", "ab")]
    [InlineData("a\u001b]0;title\ab\u001bP$qm\u001b\\c\u001b_x\u001b\\d", "abcd")]
    [InlineData("a\u001b]no end\r\nb", "a\r\nb")]
    [InlineData("a\u001b[1;\nb", "a\nb")]
    [InlineData("a\u001b[12\u0018b\u001bPx\u001ac", "abc")]
    [InlineData("a\u0005\b\b\b\u007f\u000eb\0", "ab")]
    [InlineData("a\u009b6nb", "a6nb")]
    [InlineData("\u00c2\u009bm\u00e2\u0097\u008f", "?m?")]
    public void OnlyWhatCanBeRead_IsLeft(string said, string shown)
    {
        var plain = new PlainText();
        var text = new StringBuilder();
        foreach (byte each in Encoding.Latin1.GetBytes(said))
        {
            if (plain.TryShow(each, out byte value))
            {
                _ = text.Append((char)value);
            }
        }

        Assert.Equal(shown, text.ToString());
    }

    [Fact]
    public void WhateverComes_NoControlPasses()
    {
        const int Seed = 20261126;
        var random = new Random(Seed);
        var plain = new PlainText();
        byte[] likely = "\u001b[]P(?;19m\u0018"u8.ToArray();
        for (int i = 0; i < 100_000; i++)
        {
            byte value = random.Next(2) == 0 ? (byte)random.Next(256) : likely[random.Next(likely.Length)];
            if (plain.TryShow(value, out byte shown))
            {
                Assert.True(shown is (byte)'\t' or (byte)'\r' or (byte)'\n' or (>= 0x20 and < 0x7f), $"{shown:x}");
            }
        }
    }
}
