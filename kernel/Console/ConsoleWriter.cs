// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>Writes text and numbers to the console without allocating.</summary>
public sealed class ConsoleWriter
{
    private const int LongestNumber = 20;
    private const ulong Kibi = 1024;
    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly ConsoleSink _sink;
    private readonly byte[] _digits = new byte[LongestNumber];

    public ConsoleWriter(ConsoleSink sink)
    {
        _sink = sink;
    }

    /// <summary>Bytes written since the last new line.</summary>
    public int Column { get; private set; }

    public ConsoleWriter Raw(byte value)
    {
        _sink.Write(value);
        Column++;
        return this;
    }

    public ConsoleWriter Raw(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            _ = Raw(bytes[i]);
        }

        return this;
    }

    /// <summary>Bytes that somebody else chose: what is not printable ASCII becomes question marks.</summary>
    public ConsoleWriter Printable(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            _ = Raw(Ascii.IsPrintable(bytes[i]) ? bytes[i] : (byte)'?');
        }

        return this;
    }

    /// <summary>Waits until all of it is on its way.</summary>
    public void Flush() => _sink.Flush();

    /// <summary>ASCII text; other characters become question marks.</summary>
    public ConsoleWriter Text(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            _ = Raw(text[i] < 0x80 ? (byte)text[i] : (byte)'?');
        }

        return this;
    }

    public ConsoleWriter Number(ulong value)
    {
        int start = LongestNumber;
        do
        {
            _digits[--start] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);

        return Raw(new ReadOnlySpan<byte>(_digits, start, LongestNumber - start));
    }

    /// <summary>The number in hexadecimal, with its prefix.</summary>
    public ConsoleWriter Hexadecimal(ulong value)
    {
        _ = Text("0x");
        int shift = 60;
        while (shift > 0 && value >> shift == 0)
        {
            shift -= 4;
        }

        for (; shift >= 0; shift -= 4)
        {
            _ = Raw((byte)"0123456789abcdef"[(int)(value >> shift) & 0xf]);
        }

        return this;
    }

    /// <summary>A number of bytes in the largest binary unit below it, to one decimal.</summary>
    public ConsoleWriter Size(ulong bytes)
    {
        int unit = 0;
        ulong divisor = 1;
        while (unit < 4 && bytes / divisor >= Kibi)
        {
            divisor *= Kibi;
            unit++;
        }

        _ = Number(bytes / divisor);
        ulong tenths = divisor == 1 ? 0 : bytes % divisor * 10 / divisor;
        if (tenths != 0)
        {
            _ = Text(".").Number(tenths);
        }

        return Text(unit switch { 0 => " B", 1 => " KiB", 2 => " MiB", 3 => " GiB", _ => " TiB" });
    }

    /// <summary>A time in nanoseconds as seconds to the millisecond.</summary>
    public ConsoleWriter Duration(ulong nanoseconds)
    {
        ulong milliseconds = nanoseconds % NanosecondsPerSecond / 1_000_000;
        _ = Number(nanoseconds / NanosecondsPerSecond).Text(".");
        _ = Text(milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : "");
        return Number(milliseconds).Text(" s");
    }

    /// <summary>Blanks up to <paramref name="column"/>.</summary>
    public ConsoleWriter PadTo(int column)
    {
        while (Column < column)
        {
            _ = Raw(Ascii.Blank);
        }

        return this;
    }

    public ConsoleWriter Line()
    {
        _ = Text("\r\n");
        Column = 0;
        return this;
    }

    /// <summary>Back to the first column, the line cleared.</summary>
    public ConsoleWriter EraseLine()
    {
        _ = Text("\r\u001b[K");
        Column = 0;
        return this;
    }
}
