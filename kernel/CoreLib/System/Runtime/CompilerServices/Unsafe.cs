// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The compiler puts its own code in place of these bodies.</summary>
public static unsafe class Unsafe
{
    [Intrinsic]
    public static extern void* AsPointer<T>(ref readonly T value)
        where T : allows ref struct;

    [Intrinsic]
    public static extern int SizeOf<T>()
        where T : allows ref struct;

    [Intrinsic]
    public static extern T As<T>(object? o)
        where T : class?;

    [Intrinsic]
    public static extern ref TTo As<TFrom, TTo>(ref TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct;

    [Intrinsic]
    public static extern ref T AsRef<T>(void* source)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T AsRef<T>(scoped ref readonly T source)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T Add<T>(ref T source, int elementOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T Add<T>(ref T source, nint elementOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T Add<T>(ref T source, nuint elementOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T Subtract<T>(ref T source, int elementOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T AddByteOffset<T>(ref T source, nint byteOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T AddByteOffset<T>(ref T source, nuint byteOffset)
        where T : allows ref struct;

    [Intrinsic]
    public static extern bool AreSame<T>(ref readonly T left, ref readonly T right)
        where T : allows ref struct;

    [Intrinsic]
    public static extern nint ByteOffset<T>(ref readonly T origin, ref readonly T target)
        where T : allows ref struct;

    [Intrinsic]
    public static extern bool IsNullRef<T>(ref readonly T source)
        where T : allows ref struct;

    [Intrinsic]
    public static extern ref T NullRef<T>()
        where T : allows ref struct;

    [Intrinsic]
    public static extern void SkipInit<T>(out T value)
        where T : allows ref struct;

    [Intrinsic]
    public static extern T ReadUnaligned<T>(void* source)
        where T : allows ref struct;

    [Intrinsic]
    public static extern T ReadUnaligned<T>(ref readonly byte source)
        where T : allows ref struct;

    [Intrinsic]
    public static extern void WriteUnaligned<T>(void* destination, T value)
        where T : allows ref struct;

    [Intrinsic]
    public static extern void WriteUnaligned<T>(ref byte destination, T value)
        where T : allows ref struct;

    [Intrinsic]
    public static T Read<T>(void* source)
        where T : allows ref struct => ReadUnaligned<T>(source);

    [Intrinsic]
    public static void Write<T>(void* destination, T value)
        where T : allows ref struct => WriteUnaligned(destination, value);

    [Intrinsic]
    public static TTo BitCast<TFrom, TTo>(TFrom source)
        where TFrom : allows ref struct
        where TTo : allows ref struct => BitCast<TFrom, TTo>(source);
}
