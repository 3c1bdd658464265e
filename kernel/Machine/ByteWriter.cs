// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>Writes a table byte by byte, in little-endian order; grows as needed.</summary>
public sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    /// <summary>How many bytes there are: the offset of the next one.</summary>
    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => new(_bytes, 0, Length);

    public ByteWriter Write8(byte value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    public ByteWriter Write16(ushort value)
    {
        LittleEndian.Write16(Reserve(2), 0, value);
        return this;
    }

    public ByteWriter Write32(uint value)
    {
        LittleEndian.Write32(Reserve(4), 0, value);
        return this;
    }

    public ByteWriter Write64(ulong value)
    {
        LittleEndian.Write64(Reserve(8), 0, value);
        return this;
    }

    public ByteWriter WriteZeroes(int count)
    {
        _ = Reserve(count);
        return this;
    }

    public ByteWriter Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    /// <summary>The characters as bytes (only ASCII has a meaning), without an end.</summary>
    public ByteWriter WriteAscii(string text)
    {
        Span<byte> target = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            target[i] = (byte)text[i];
        }

        return this;
    }

    /// <summary>The text in UTF-8 and a zero.</summary>
    public ByteWriter WriteText(string text) => Write(Utf8Text.ToBytes(text)).Write8(0);

    /// <summary>Zeroes up to a multiple of <paramref name="alignment"/>.</summary>
    public ByteWriter Align(int alignment) => WriteZeroes((alignment - (Length % alignment)) % alignment);

    /// <summary>Moves what stands from <paramref name="offset"/> on and leaves zeroes in between.</summary>
    public void Insert(int offset, int count)
    {
        int tail = Length - offset;
        _ = Reserve(count);
        Span<byte> bytes = _bytes;
        bytes.Slice(offset, tail).CopyTo(bytes.Slice(offset + count));
        bytes.Slice(offset, count).Clear();
    }

    public void Patch8(int offset, byte value) => _bytes[offset] = value;

    public void Patch16(int offset, ushort value) => LittleEndian.Write16(_bytes, offset, value);

    public void Patch32(int offset, uint value) => LittleEndian.Write32(_bytes, offset, value);

    /// <summary>The value that makes the bytes from <paramref name="start"/> on add up to zero.</summary>
    public byte Checksum(int start, int length)
    {
        int sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += _bytes[start + i];
        }

        return (byte)-sum;
    }

    private Span<byte> Reserve(int count)
    {
        int wanted = checked(Length + count);
        if (wanted > _bytes.Length)
        {
            byte[] larger = new byte[Math.Max(wanted, checked(_bytes.Length * 2))];
            _bytes.AsSpan(0, Length).CopyTo(larger);
            _bytes = larger;
        }

        Span<byte> target = _bytes.AsSpan(Length, count);
        Length = wanted;
        return target;
    }
}
