// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Hypervisor.Runtime;

namespace System.Collections.Generic;

/// <summary>Open chains in two arrays, in order of insertion as long as nothing is removed.</summary>
public class Dictionary<TKey, TValue> : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private const int FirstCapacity = 8;
    private const int Removed = -2;

    private readonly IEqualityComparer<TKey> _comparer;
    private int[] _buckets;
    private Entry[] _entries;
    private int _used;
    private int _count;

    public Dictionary()
        : this(0, null)
    {
    }

    public Dictionary(int capacity)
        : this(capacity, null)
    {
    }

    public Dictionary(IEqualityComparer<TKey>? comparer)
        : this(0, comparer)
    {
    }

    public Dictionary(int capacity, IEqualityComparer<TKey>? comparer)
    {
        int size = (int)Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, FirstCapacity));
        _comparer = comparer ?? EqualityComparer<TKey>.Default;
        _buckets = new int[size];
        _entries = new Entry[size];
    }

    public int Count => _count;

    public TValue this[TKey key]
    {
        get
        {
            int index = Find(key);
            if (index < 0)
            {
                ThrowHelper.Argument();
            }
            return _entries[index].Value;
        }
        set => Insert(key, value, replace: true);
    }

    public void Add(TKey key, TValue value)
    {
        if (!Insert(key, value, replace: false))
        {
            ThrowHelper.Argument();
        }
    }

    public bool TryAdd(TKey key, TValue value) => Insert(key, value, replace: false);

    public bool ContainsKey(TKey key) => Find(key) >= 0;

    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        int index = Find(key);
        value = index < 0 ? default : _entries[index].Value;
        return index >= 0;
    }

    public bool Remove(TKey key)
    {
        int hash = _comparer.GetHashCode(key);
        ref int link = ref _buckets[hash & (_buckets.Length - 1)];
        while (link > 0)
        {
            ref Entry entry = ref _entries[link - 1];
            if (entry.Hash == hash && _comparer.Equals(entry.Key, key))
            {
                link = entry.Next;
                entry = default;
                entry.Next = Removed;
                _count--;
                return true;
            }
            link = ref entry.Next;
        }
        return false;
    }

    public void Clear()
    {
        Array.Clear(_buckets);
        Array.Clear(_entries);
        _used = 0;
        _count = 0;
    }

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() =>
        new Enumerator(this);

    IEnumerator IEnumerable.GetEnumerator() => new Enumerator(this);

    private int Find(TKey key)
    {
        int hash = _comparer.GetHashCode(key);
        int link = _buckets[hash & (_buckets.Length - 1)];
        while (link > 0)
        {
            ref Entry entry = ref _entries[link - 1];
            if (entry.Hash == hash && _comparer.Equals(entry.Key, key))
            {
                return link - 1;
            }
            link = entry.Next;
        }
        return -1;
    }

    private bool Insert(TKey key, TValue value, bool replace)
    {
        int index = Find(key);
        if (index >= 0)
        {
            if (replace)
            {
                _entries[index].Value = value;
            }
            return replace;
        }
        if (_used == _entries.Length)
        {
            Rebuild(_count * 2 > _used ? checked(_used * 2) : _used);
        }
        Append(_comparer.GetHashCode(key), key, value);
        _count++;
        return true;
    }

    private void Append(int hash, TKey key, TValue value)
    {
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        ref Entry entry = ref _entries[_used++];
        entry.Hash = hash;
        entry.Key = key;
        entry.Value = value;
        entry.Next = bucket;
        bucket = _used;
    }

    private void Rebuild(int size)
    {
        Entry[] old = _entries;
        int used = _used;
        _buckets = new int[size];
        _entries = new Entry[size];
        _used = 0;
        for (int i = 0; i < used; i++)
        {
            if (old[i].Next != Removed)
            {
                Append(old[i].Hash, old[i].Key, old[i].Value);
            }
        }
    }

    private struct Entry
    {
        internal int Hash;

        /// <summary>The next entry's index plus one; 0 ends the chain.</summary>
        internal int Next;
        internal TKey Key;
        internal TValue Value;
    }

    public struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly Dictionary<TKey, TValue> _dictionary;
        private int _index;

        internal Enumerator(Dictionary<TKey, TValue> dictionary)
        {
            _dictionary = dictionary;
            _index = -1;
        }

        public readonly KeyValuePair<TKey, TValue> Current =>
            new(_dictionary._entries[_index].Key, _dictionary._entries[_index].Value);

        readonly object? IEnumerator.Current => Current;

        public bool MoveNext()
        {
            while (++_index < _dictionary._used)
            {
                if (_dictionary._entries[_index].Next != Removed)
                {
                    return true;
                }
            }
            return false;
        }

        void IEnumerator.Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
