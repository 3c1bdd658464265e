// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System.Runtime.InteropServices;

public static unsafe class MemoryMarshal
{
    public static Span<T> CreateSpan<T>(scoped ref T reference, int length) =>
        new(ref Unsafe.AsRef(in reference), length);

    public static ReadOnlySpan<T> CreateReadOnlySpan<T>(scoped ref readonly T reference, int length) =>
        new(ref Unsafe.AsRef(in reference), length);

    public static ref T GetReference<T>(Span<T> span) => ref span._reference;

    public static ref T GetReference<T>(ReadOnlySpan<T> span) => ref span._reference;

    public static ref T GetArrayDataReference<T>(T[] array) => ref Unsafe.As<byte, T>(ref array.DataReference);

    public static Span<byte> AsBytes<T>(Span<T> span)
        where T : struct =>
        new(ref Unsafe.As<T, byte>(ref span._reference), checked(span.Length * Unsafe.SizeOf<T>()));

    public static ReadOnlySpan<byte> AsBytes<T>(ReadOnlySpan<T> span)
        where T : struct =>
        new(ref Unsafe.As<T, byte>(ref span._reference), checked(span.Length * Unsafe.SizeOf<T>()));

    public static Span<TTo> Cast<TFrom, TTo>(Span<TFrom> span)
        where TFrom : struct
        where TTo : struct =>
        new(
            ref Unsafe.As<TFrom, TTo>(ref span._reference),
            checked((int)((long)span.Length * Unsafe.SizeOf<TFrom>() / Unsafe.SizeOf<TTo>())));

    public static ReadOnlySpan<TTo> Cast<TFrom, TTo>(ReadOnlySpan<TFrom> span)
        where TFrom : struct
        where TTo : struct =>
        new(
            ref Unsafe.As<TFrom, TTo>(ref span._reference),
            checked((int)((long)span.Length * Unsafe.SizeOf<TFrom>() / Unsafe.SizeOf<TTo>())));

    public static T Read<T>(ReadOnlySpan<byte> source)
        where T : struct
    {
        CheckLength<T>(source.Length);
        return Unsafe.ReadUnaligned<T>(ref source._reference);
    }

    public static bool TryRead<T>(ReadOnlySpan<byte> source, out T value)
        where T : struct
    {
        if (source.Length < Unsafe.SizeOf<T>())
        {
            value = default;
            return false;
        }
        value = Unsafe.ReadUnaligned<T>(ref source._reference);
        return true;
    }

    public static void Write<T>(Span<byte> destination, in T value)
        where T : struct
    {
        CheckLength<T>(destination.Length);
        Unsafe.WriteUnaligned(ref destination._reference, value);
    }

    public static bool TryWrite<T>(Span<byte> destination, in T value)
        where T : struct
    {
        if (destination.Length < Unsafe.SizeOf<T>())
        {
            return false;
        }
        Unsafe.WriteUnaligned(ref destination._reference, value);
        return true;
    }

    public static ref T AsRef<T>(Span<byte> span)
        where T : struct
    {
        CheckLength<T>(span.Length);
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    public static ref readonly T AsRef<T>(ReadOnlySpan<byte> span)
        where T : struct
    {
        CheckLength<T>(span.Length);
        return ref Unsafe.As<byte, T>(ref span._reference);
    }

    private static void CheckLength<T>(int length)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>() || length < Unsafe.SizeOf<T>())
        {
            ThrowHelper.ArgumentOutOfRange();
        }
    }
}
