// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>A key and its value.</summary>
internal sealed class TomlEntry
{
    public readonly string Key;
    public readonly TomlValue Value;

    /// <summary>The next entry of the table, in the order of the file.</summary>
    public TomlEntry? Next;

    public TomlEntry(string key, TomlValue value)
    {
        Key = key;
        Value = value;
    }

    public int Line => Value.Line;
}
