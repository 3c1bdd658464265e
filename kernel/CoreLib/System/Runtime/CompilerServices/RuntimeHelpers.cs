// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace System.Runtime.CompilerServices;

public static unsafe class RuntimeHelpers
{
    [Intrinsic]
    public static int OffsetToStringData => 12;

    [Intrinsic]
    public static extern void InitializeArray(Array array, RuntimeFieldHandle fldHandle);

    [Intrinsic]
    public static extern ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle fldHandle);

    [Intrinsic]
    public static bool IsReferenceOrContainsReferences<T>() => IsReferenceOrContainsReferences<T>();

    [Intrinsic]
    internal static bool IsBitwiseEquatable<T>() => IsBitwiseEquatable<T>();

    /// <summary>From the object's address, which never changes.</summary>
    public static int GetHashCode(object? o)
    {
        ulong address = (ulong)Unsafe.AsPointer(ref Unsafe.As<object?, byte>(ref o));
        return o is null ? 0 : (int)((*(ulong*)address) >> 3);
    }

    public static new bool Equals(object? o1, object? o2) => ReferenceEquals(o1, o2);

    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        (int offset, int length) = range.GetOffsetAndLength(array.Length);
        T[] result = new T[length];
        new ReadOnlySpan<T>(array, offset, length).CopyTo(result);
        return result;
    }
}
