// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A value as it was read, with the place and the text it was read from.</summary>
internal sealed class TomlValue
{
    public readonly TomlKind Kind;
    public readonly int Line;

    /// <summary>As it stands in the file, cut where it is long.</summary>
    public readonly string Source;

    public string Text = "";
    public long Integer;
    public bool Boolean;
    public TomlTable? Table;

    /// <summary>The first item of an array, and how many there are.</summary>
    public TomlValue? FirstItem;
    public int Count;

    /// <summary>The next item of the array that this stands in.</summary>
    public TomlValue? Next;

    private TomlValue? _lastItem;

    public TomlValue(TomlKind kind, int line, string source)
    {
        Kind = kind;
        Line = line;
        Source = source;
    }

    /// <summary>The last item of an array; null where it is empty.</summary>
    public TomlValue? LastItem => _lastItem;

    public void AddItem(TomlValue item)
    {
        if (_lastItem == null)
        {
            FirstItem = item;
        }
        else
        {
            _lastItem.Next = item;
        }

        _lastItem = item;
        Count++;
    }
}
