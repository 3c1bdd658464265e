// SPDX-License-Identifier: MIT
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hypervisor.Runtime;
using Internal.Runtime;

namespace System;

/// <summary>One-dimensional arrays with lower bound zero; there are no others.</summary>
public abstract unsafe partial class Array : ICollection, IEnumerable, IList, ICloneable
{
    // First field by contract with ilc.
    internal readonly int _numComponents;

    public static int MaxLength => 0x7fffffc7;

    public int Length
    {
        [Intrinsic]
        get => _numComponents;
    }

    public long LongLength => _numComponents;

    public int Rank => 1;

    int ICollection.Count => _numComponents;

    bool ICollection.IsSynchronized => false;

    object ICollection.SyncRoot => this;

    bool IList.IsFixedSize => true;

    bool IList.IsReadOnly => false;

    object? IList.this[int index]
    {
        get => Hypervisor.Runtime.ThrowHelper.NotSupported<object>();
        set => Hypervisor.Runtime.ThrowHelper.NotSupported<object>();
    }

    internal ref byte DataReference => ref Unsafe.As<RawArrayData>(this).Data;

    internal nuint ElementSize => m_pEEType->ComponentSize;

    public static T[] Empty<T>() => EmptyArray<T>.Value;

    public static void Clear(Array array)
    {
        nuint bytes = (nuint)array._numComponents * array.ElementSize;
        SpanHelpers.ClearWithoutReferences(ref array.DataReference, bytes);
    }

    public static void Clear(Array array, int index, int length)
    {
        if ((uint)index > (uint)array._numComponents || (uint)length > (uint)(array._numComponents - index))
        {
            ThrowHelper.IndexOutOfRange();
        }
        nuint size = array.ElementSize;
        SpanHelpers.ClearWithoutReferences(
            ref Unsafe.AddByteOffset(ref array.DataReference, (nuint)index * size), (nuint)length * size);
    }

    public static void Copy(Array sourceArray, Array destinationArray, int length) =>
        Copy(sourceArray, 0, destinationArray, 0, length);

    /// <summary>Copies between arrays of the same type only: no element is converted.</summary>
    public static void Copy(
        Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)
    {
        if (sourceArray.m_pEEType != destinationArray.m_pEEType)
        {
            ThrowHelper.Fault(FaultKind.ArrayTypeMismatch);
        }
        if (length < 0
            || (uint)sourceIndex > (uint)sourceArray._numComponents
            || (uint)length > (uint)(sourceArray._numComponents - sourceIndex)
            || (uint)destinationIndex > (uint)destinationArray._numComponents
            || (uint)length > (uint)(destinationArray._numComponents - destinationIndex))
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        nuint size = sourceArray.ElementSize;
        ref byte source = ref Unsafe.AddByteOffset(ref sourceArray.DataReference, (nuint)sourceIndex * size);
        ref byte target = ref Unsafe.AddByteOffset(ref destinationArray.DataReference, (nuint)destinationIndex * size);
        if (sourceArray.m_pEEType->ContainsReferences)
        {
            Buffer.BulkMoveWithWriteBarrier(ref target, ref source, (nuint)length * size);
        }
        else
        {
            SpanHelpers.Memmove(ref target, ref source, (nuint)length * size);
        }
    }

    public static void Resize<T>([NotNull] ref T[]? array, int newSize)
    {
        T[] result = new T[newSize];
        if (array is not null)
        {
            new ReadOnlySpan<T>(array, 0, Math.Min(newSize, array.Length)).CopyTo(result);
        }
        array = result;
    }

    public static void Fill<T>(T[] array, T value) => new Span<T>(array).Fill(value);

    public static int IndexOf<T>(T[] array, T value) => IndexOf(array, value, 0, array.Length);

    public static int IndexOf<T>(T[] array, T value, int startIndex, int count)
    {
        EqualityComparer<T> comparer = EqualityComparer<T>.Default;
        for (int i = startIndex; i < startIndex + count; i++)
        {
            if (comparer.Equals(array[i], value))
            {
                return i;
            }
        }
        return -1;
    }

    public static void Reverse<T>(T[] array) => new Span<T>(array).Reverse();

    public static void Reverse<T>(T[] array, int index, int length) => new Span<T>(array, index, length).Reverse();

    public static void Sort<T>(T[] array, Comparison<T> comparison) => new Span<T>(array).Sort(comparison);

    public static void Sort<T>(T[] array, int index, int length, IComparer<T>? comparer) =>
        new Span<T>(array, index, length).Sort((comparer ?? Comparer<T>.Default).Compare);

    public static void Sort<T>(T[] array) => Sort(array, 0, array.Length, null);

    public object Clone()
    {
        Array copy = Unsafe.As<Array>(RuntimeImports.NewArray(m_pEEType, _numComponents));
        Copy(this, copy, _numComponents);
        return copy;
    }

    public void CopyTo(Array array, int index) => Copy(this, 0, array, index, _numComponents);

    IEnumerator IEnumerable.GetEnumerator() => ThrowHelper.NotSupported<IEnumerator>();

    int IList.Add(object? value) => ThrowHelper.NotSupported<int>();

    bool IList.Contains(object? value) => ThrowHelper.NotSupported<bool>();

    void IList.Clear() => Clear(this);

    int IList.IndexOf(object? value) => ThrowHelper.NotSupported<int>();

    void IList.Insert(int index, object? value) => ThrowHelper.NotSupported<int>();

    void IList.Remove(object? value) => ThrowHelper.NotSupported<int>();

    void IList.RemoveAt(int index) => ThrowHelper.NotSupported<int>();

    private static class EmptyArray<T>
    {
        internal static readonly T[] Value = new T[0];
    }
}
