// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A table: entries in the order of the file.</summary>
internal sealed class TomlTable
{
    /// <summary>Where it begins: its header, or its first key.</summary>
    public readonly int Line;

    /// <summary>A header or an inline table has defined it: a second header for it is an error.</summary>
    public bool IsDefined;

    /// <summary>Nothing can be added any more: it was written as <c>{ ... }</c> or by dotted keys.</summary>
    public bool IsClosed;

    /// <summary>Something in it could not be read, so what seems to be missing need not be.</summary>
    public bool IsDamaged;

    private TomlEntry? _last;

    public TomlTable(int line)
    {
        Line = line;
    }

    public TomlEntry? First { get; private set; }

    public TomlEntry? Find(string key)
    {
        TomlEntry? entry = First;
        while (entry != null && entry.Key != key)
        {
            entry = entry.Next;
        }

        return entry;
    }

    public void Add(TomlEntry entry)
    {
        if (_last == null)
        {
            First = entry;
        }
        else
        {
            _last.Next = entry;
        }

        _last = entry;
    }
}
