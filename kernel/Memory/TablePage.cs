// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// A safe view of one page of 512 eight-byte entries: a page table, our own or a nested one. Processors walk it while
/// we write, so every access is a single volatile one of the whole entry.
/// </summary>
public readonly unsafe struct TablePage
{
    /// <summary>Entries per table, at every level.</summary>
    public const int EntryCount = 512;

    /// <summary>Bytes per table.</summary>
    public const ulong Size = 4096;

    private readonly HostPhysical _address;

    /// <summary>The table at <paramref name="address"/>, which is a multiple of <see cref="Size"/>.</summary>
    public TablePage(HostPhysical address)
    {
        _address = address.AlignDown(Size);
    }

    /// <summary>Where the table lies: what CR3, an entry of the level above, nCR3 or the EPT pointer holds.</summary>
    public HostPhysical Address => _address;

    /// <summary>One entry, 0..511. Any other index is a fault.</summary>
    public ulong this[int index]
    {
        get => Volatile.Read(ref Entry(index));
        set => Volatile.Write(ref Entry(index), value);
    }

    /// <summary>
    /// Stores <paramref name="value"/> where the entry still holds <paramref name="expected"/>: for entries whose
    /// accessed and dirty bits a processor may set at the same moment.
    /// </summary>
    public bool TryReplace(int index, ulong expected, ulong value) =>
        Interlocked.CompareExchange(ref Entry(index), value, expected) == expected;

    /// <summary>Makes all entries zero: not present.</summary>
    public void Clear()
    {
        for (int index = 0; index < EntryCount; index++)
        {
            this[index] = 0;
        }
    }

    private ref ulong Entry(int index)
    {
        if ((uint)index >= EntryCount)
        {
            throw new IndexOutOfRangeException();
        }

        return ref ((ulong*)DirectMap.ToPointer(_address))[index];
    }
}
