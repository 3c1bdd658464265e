// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

public readonly ref struct ReadOnlySpan<T>
{
    internal readonly ref T _reference;
    private readonly int _length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan(T[]? array)
    {
        if (array is null)
        {
            this = default;
            return;
        }
        _reference = ref Unsafe.As<byte, T>(ref array.DataReference);
        _length = array.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan(T[]? array, int start, int length)
    {
        this = new ReadOnlySpan<T>(array).Slice(start, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe ReadOnlySpan(void* pointer, int length)
    {
        if (length < 0)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        _reference = ref Unsafe.AsRef<T>(pointer);
        _length = length;
    }

    public ReadOnlySpan(ref readonly T reference)
    {
        _reference = ref Unsafe.AsRef(in reference);
        _length = 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan(ref T reference, int length)
    {
        _reference = ref reference;
        _length = length;
    }

    public static ReadOnlySpan<T> Empty => default;

    public int Length
    {
        [Intrinsic]
        get => _length;
    }

    public bool IsEmpty => _length == 0;

    public ref readonly T this[int index]
    {
        [Intrinsic]
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)_length)
            {
                ThrowHelper.IndexOutOfRange();
            }
            return ref Unsafe.Add(ref _reference, (nint)(uint)index);
        }
    }

    public static implicit operator ReadOnlySpan<T>(T[]? array) => new(array);

    public static bool operator ==(ReadOnlySpan<T> left, ReadOnlySpan<T> right) =>
        left._length == right._length && Unsafe.AreSame(ref left._reference, ref right._reference);

    public static bool operator !=(ReadOnlySpan<T> left, ReadOnlySpan<T> right) => !(left == right);

    public override bool Equals(object? obj) => ThrowHelper.NotSupported<bool>();

    public override int GetHashCode() => ThrowHelper.NotSupported<int>();

    public ref readonly T GetPinnableReference() => ref _reference;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Slice(int start)
    {
        if ((uint)start > (uint)_length)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        return new ReadOnlySpan<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), _length - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<T> Slice(int start, int length)
    {
        if ((ulong)(uint)start + (uint)length > (uint)_length)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        return new ReadOnlySpan<T>(ref Unsafe.Add(ref _reference, (nint)(uint)start), length);
    }

    public void CopyTo(Span<T> destination)
    {
        if (!TryCopyTo(destination))
        {
            ThrowHelper.Argument();
        }
    }

    public bool TryCopyTo(Span<T> destination)
    {
        if ((uint)_length > (uint)destination.Length)
        {
            return false;
        }
        nuint bytes = (nuint)(uint)_length * (nuint)Unsafe.SizeOf<T>();
        ref byte target = ref Unsafe.As<T, byte>(ref destination._reference);
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Buffer.BulkMoveWithWriteBarrier(ref target, ref Unsafe.As<T, byte>(ref _reference), bytes);
        }
        else
        {
            SpanHelpers.Memmove(ref target, ref Unsafe.As<T, byte>(ref _reference), bytes);
        }
        return true;
    }

    public T[] ToArray()
    {
        if (_length == 0)
        {
            return Array.Empty<T>();
        }
        T[] result = new T[_length];
        CopyTo(result);
        return result;
    }

    public override string ToString() =>
        typeof(T) == typeof(char)
            ? new string(new ReadOnlySpan<char>(ref Unsafe.As<T, char>(ref _reference), _length))
            : "span";

    public Enumerator GetEnumerator() => new(this);

    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<T> _span;
        private int _index;

        internal Enumerator(ReadOnlySpan<T> span)
        {
            _span = span;
            _index = -1;
        }

        public readonly ref readonly T Current => ref _span[_index];

        public bool MoveNext() => ++_index < _span.Length;
    }
}
