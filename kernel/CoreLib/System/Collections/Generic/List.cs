// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System.Collections.Generic;

public class List<T> : IList<T>, IReadOnlyList<T>
{
    private const int FirstCapacity = 4;

    private T[] _items;
    private int _size;

    public List()
    {
        _items = Array.Empty<T>();
    }

    public List(int capacity)
    {
        _items = new T[capacity];
    }

    public List(IEnumerable<T> collection)
        : this()
    {
        AddRange(collection);
    }

    public int Count => _size;

    bool ICollection<T>.IsReadOnly => false;

    public int Capacity
    {
        get => _items.Length;
        set => Array.Resize(ref _items, Math.Max(value, _size));
    }

    public T this[int index]
    {
        get
        {
            CheckIndex(index);
            return _items[index];
        }

        set
        {
            CheckIndex(index);
            _items[index] = value;
        }
    }

    public void Add(T item)
    {
        if (_size == _items.Length)
        {
            Array.Resize(ref _items, _size == 0 ? FirstCapacity : checked(_size * 2));
        }
        _items[_size++] = item;
    }

    public void AddRange(IEnumerable<T> collection)
    {
        foreach (T item in collection)
        {
            Add(item);
        }
    }

    public void Insert(int index, T item)
    {
        if ((uint)index > (uint)_size)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        Add(item);
        Array.Copy(_items, index, _items, index + 1, _size - 1 - index);
        _items[index] = item;
    }

    public void RemoveAt(int index)
    {
        CheckIndex(index);
        _size--;
        Array.Copy(_items, index + 1, _items, index, _size - index);
        _items[_size] = default!;
    }

    public void RemoveRange(int index, int count)
    {
        if (index < 0 || count < 0 || count > _size - index)
        {
            ThrowHelper.ArgumentOutOfRange();
        }
        Array.Copy(_items, index + count, _items, index, _size - count - index);
        Array.Clear(_items, _size - count, count);
        _size -= count;
    }

    public bool Remove(T item)
    {
        int index = IndexOf(item);
        if (index < 0)
        {
            return false;
        }
        RemoveAt(index);
        return true;
    }

    public void Clear()
    {
        Array.Clear(_items, 0, _size);
        _size = 0;
    }

    public int IndexOf(T item) => Array.IndexOf(_items, item, 0, _size);

    public bool Contains(T item) => IndexOf(item) >= 0;

    public void CopyTo(T[] array, int arrayIndex) => Array.Copy(_items, 0, array, arrayIndex, _size);

    public void Reverse() => Array.Reverse(_items, 0, _size);

    public void Sort() => Array.Sort(_items, 0, _size, null);

    public void Sort(Comparison<T> comparison) => new Span<T>(_items, 0, _size).Sort(comparison);

    public T[] ToArray() => new ReadOnlySpan<T>(_items, 0, _size).ToArray();

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckIndex(int index)
    {
        if ((uint)index >= (uint)_size)
        {
            ThrowHelper.IndexOutOfRange();
        }
    }

    public struct Enumerator : IEnumerator<T>
    {
        private readonly List<T> _list;
        private int _index;

        internal Enumerator(List<T> list)
        {
            _list = list;
            _index = -1;
        }

        public readonly T Current => _list[_index];

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < _list._size;

        void IEnumerator.Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
