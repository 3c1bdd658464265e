// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Xunit;

namespace Hypervisor.Unit.Machine.Config;

/// <summary>The configuration's parser against damaged and random input, and its small parts.</summary>
public sealed class ConfigParserTests
{
    private const string Sample = "[host]\nconsole = \"com1\" # c\n\n[[vm]]\nname = 'a'\nmemory = \"256M\"\n"
        + "kernel = \"k\\u0041\"\npin = [\n 0,\n]\na.b.c = { d = [1, 2], \"e\" = true }\nf = 0x1_0\ng = 1.5\n";

    private static readonly ConfigEnvironment s_environment = new([new ConfigFile("k", 1)]);

    [Fact]
    public void Random_bytes_never_fault()
    {
        var random = new Random(1);
        byte[] bytes = new byte[200];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(bytes);
            Load(bytes.AsSpan(0, random.Next(bytes.Length)));
        }
    }

    [Fact]
    public void Random_marks_never_fault()
    {
        const string Marks = "[]{}\"'=.,#\n\r\t \\u0x1_ab-:+e\0\u00e9";
        var random = new Random(2);
        for (int i = 0; i < 20000; i++)
        {
            var text = new StringBuilder();
            for (int n = random.Next(60); n > 0; n--)
            {
                _ = text.Append(Marks[random.Next(Marks.Length)]);
            }

            Load(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    [Fact]
    public void Damaged_files_never_fault()
    {
        var random = new Random(3);
        for (int i = 0; i < 20000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Sample);
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(2) == 0
                    ? bytes[random.Next(bytes.Length)]
                    : (byte)random.Next(256);
            }

            Load(bytes.AsSpan(0, random.Next(2) == 0 ? bytes.Length : random.Next(bytes.Length)));
        }
    }

    [Fact]
    public void Every_prefix_is_read()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Sample);
        for (int i = 0; i <= bytes.Length; i++)
        {
            Load(bytes.AsSpan(0, i));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\u00e9\u20ac\U0001f427\u07ff\u0800\uffff\U0010ffff")]
    public void Text_survives_utf8(string text)
    {
        byte[] bytes = Utf8Text.ToBytes(text);
        Assert.Equal(Encoding.UTF8.GetBytes(text), bytes);
        Assert.Equal(text, Utf8Text.ToText(bytes));
    }

    [Fact]
    public void Utf8_agrees_with_the_framework_on_what_is_valid()
    {
        var strict = new UTF8Encoding(false, true);
        var random = new Random(4);
        byte[] bytes = new byte[4];
        for (int i = 0; i < 200000; i++)
        {
            random.NextBytes(bytes);
            bytes[0] |= 0xc0;
            if (random.Next(2) == 0)
            {
                bytes[1] = (byte)(0x80 | (bytes[1] & 0x3f));
                bytes[2] = (byte)(0x80 | (bytes[2] & 0x3f));
                bytes[3] = (byte)(0x80 | (bytes[3] & 0x3f));
            }

            int length = Utf8Text.Decode(bytes, 0, out int codePoint);
            if (length != 0)
            {
                Assert.Equal(char.ConvertFromUtf32(codePoint), strict.GetString(bytes, 0, length));
                continue;
            }

            for (int n = 1; n <= 4; n++)
            {
                int count = n;
                bool valid = Array.TrueForAll(new[] { bytes }, b => IsOneCharacter(strict, b, count));
                Assert.False(valid);
            }
        }
    }

    [Theory]
    [InlineData("2M", 2UL << 20)]
    [InlineData("512K", 512UL << 10)]
    [InlineData("16G", 16UL << 30)]
    public void Sizes_are_read_and_written(string text, ulong bytes)
    {
        Assert.True(SizeText.TryParse(text, out ulong value));
        Assert.Equal(bytes, value);
        Assert.Equal(text, SizeText.Format(bytes));
    }

    [Theory]
    [InlineData("memroy", "memory")]
    [InlineData("Memory", "memory")]
    [InlineData("cmd-line", "cmdline")]
    [InlineData("zebra", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found(string text, string? expected) =>
        Assert.Equal(expected, NearestName.Find(text, "name, memory, cmdline, kernel"));

    private static bool IsOneCharacter(UTF8Encoding strict, byte[] bytes, int count)
    {
        try
        {
            string text = strict.GetString(bytes, 0, count);
            return text.Length == (char.IsHighSurrogate(text[0]) ? 2 : 1);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static void Load(ReadOnlySpan<byte> text)
    {
        ConfigResult result = ConfigLoader.Load("x", text, s_environment);
        Assert.Equal(result.Config == null, result.Errors.Count != 0);
        _ = result.Errors.Format();
    }
}
