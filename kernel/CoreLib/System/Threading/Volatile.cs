// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>
/// Loads and stores that the compiler neither merges nor drops nor moves; on x86 they are plain moves.
/// </summary>
public static class Volatile
{
    [Intrinsic]
    public static bool Read(ref readonly bool location) =>
        Unsafe.As<bool, BoolCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref bool location, bool value) => Unsafe.As<bool, BoolCell>(ref location).Value = value;

    [Intrinsic]
    public static byte Read(ref readonly byte location) =>
        Unsafe.As<byte, ByteCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref byte location, byte value) => Unsafe.As<byte, ByteCell>(ref location).Value = value;

    [Intrinsic]
    public static sbyte Read(ref readonly sbyte location) =>
        Unsafe.As<sbyte, SbyteCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref sbyte location, sbyte value) =>
        Unsafe.As<sbyte, SbyteCell>(ref location).Value = value;

    [Intrinsic]
    public static short Read(ref readonly short location) =>
        Unsafe.As<short, ShortCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref short location, short value) =>
        Unsafe.As<short, ShortCell>(ref location).Value = value;

    [Intrinsic]
    public static ushort Read(ref readonly ushort location) =>
        Unsafe.As<ushort, UshortCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref ushort location, ushort value) =>
        Unsafe.As<ushort, UshortCell>(ref location).Value = value;

    [Intrinsic]
    public static int Read(ref readonly int location) =>
        Unsafe.As<int, IntCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref int location, int value) => Unsafe.As<int, IntCell>(ref location).Value = value;

    [Intrinsic]
    public static uint Read(ref readonly uint location) =>
        Unsafe.As<uint, UintCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref uint location, uint value) => Unsafe.As<uint, UintCell>(ref location).Value = value;

    [Intrinsic]
    public static long Read(ref readonly long location) =>
        Unsafe.As<long, LongCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref long location, long value) =>
        Unsafe.As<long, LongCell>(ref location).Value = (nint)value;

    [Intrinsic]
    public static ulong Read(ref readonly ulong location) =>
        Unsafe.As<ulong, UlongCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref ulong location, ulong value) =>
        Unsafe.As<ulong, UlongCell>(ref location).Value = (nuint)value;

    [Intrinsic]
    public static nint Read(ref readonly nint location) =>
        Unsafe.As<nint, NintCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref nint location, nint value) => Unsafe.As<nint, NintCell>(ref location).Value = value;

    [Intrinsic]
    public static nuint Read(ref readonly nuint location) =>
        Unsafe.As<nuint, NuintCell>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref nuint location, nuint value) =>
        Unsafe.As<nuint, NuintCell>(ref location).Value = value;

    [Intrinsic]
    [return: NotNullIfNotNull(nameof(location))]
    public static T Read<T>([NotNullIfNotNull(nameof(location))] ref readonly T location)
        where T : class? => Unsafe.As<T>(Unsafe.As<T, ObjectCell>(ref Unsafe.AsRef(in location)).Value)!;

    [Intrinsic]
    public static void Write<T>([NotNullIfNotNull(nameof(value))] ref T location, T value)
        where T : class? => Unsafe.As<T, ObjectCell>(ref location).Value = value;

    /// <summary>No load or store moves from before to after this, except a store behind a later load.</summary>
    [Intrinsic]
    public static void ReadBarrier() => Interlocked.MemoryBarrier();

    [Intrinsic]
    public static void WriteBarrier() => Interlocked.MemoryBarrier();

    private struct BoolCell
    {
        internal volatile bool Value;
    }

    private struct ByteCell
    {
        internal volatile byte Value;
    }

    private struct SbyteCell
    {
        internal volatile sbyte Value;
    }

    private struct ShortCell
    {
        internal volatile short Value;
    }

    private struct UshortCell
    {
        internal volatile ushort Value;
    }

    private struct IntCell
    {
        internal volatile int Value;
    }

    private struct UintCell
    {
        internal volatile uint Value;
    }

    private struct LongCell
    {
        internal volatile nint Value;
    }

    private struct UlongCell
    {
        internal volatile nuint Value;
    }

    private struct NintCell
    {
        internal volatile nint Value;
    }

    private struct NuintCell
    {
        internal volatile nuint Value;
    }

    private struct ObjectCell
    {
        internal volatile object? Value;
    }
}
