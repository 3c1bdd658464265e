// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>Numbers of the byte order that x86 and all its tables use, at any alignment.</summary>
public static class LittleEndian
{
    public static ushort Read16(ReadOnlySpan<byte> bytes, int offset) =>
        (ushort)(bytes[offset] | (bytes[offset + 1] << 8));

    public static uint Read32(ReadOnlySpan<byte> bytes, int offset) =>
        Read16(bytes, offset) | ((uint)Read16(bytes, offset + 2) << 16);

    public static ulong Read64(ReadOnlySpan<byte> bytes, int offset) =>
        Read32(bytes, offset) | ((ulong)Read32(bytes, offset + 4) << 32);

    public static void Write16(Span<byte> bytes, int offset, ushort value)
    {
        bytes[offset] = (byte)value;
        bytes[offset + 1] = (byte)(value >> 8);
    }

    public static void Write32(Span<byte> bytes, int offset, uint value)
    {
        Write16(bytes, offset, (ushort)value);
        Write16(bytes, offset + 2, (ushort)(value >> 16));
    }

    public static void Write64(Span<byte> bytes, int offset, ulong value)
    {
        Write32(bytes, offset, (uint)value);
        Write32(bytes, offset + 4, (uint)(value >> 32));
    }
}
