// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>Reads the keys of one section with their types and reports what doesn't fit.</summary>
internal sealed class SectionReader
{
    private readonly ConfigErrors _errors;
    private readonly TomlTable _table;
    private readonly string _title;

    /// <param name="errors">Where errors go.</param>
    /// <param name="table">The section.</param>
    /// <param name="title">As it is written: <c>[[vm]]</c>.</param>
    public SectionReader(ConfigErrors errors, TomlTable table, string title)
    {
        _errors = errors;
        _table = table;
        _title = title;
    }

    /// <summary>Reports every key that isn't in <paramref name="known"/> (names separated by ", ").</summary>
    public void CheckKeys(string known)
    {
        for (TomlEntry? entry = _table.First; entry != null; entry = entry.Next)
        {
            if (!NearestName.Contains(known, entry.Key))
            {
                TextBuilder text = new TextBuilder().Append("unknown key in ").Append(_title);
                AppendGuess(text, entry.Key, known, known);
                Report(ConfigErrorKind.UnknownKey, entry, text.ToString());
            }
        }
    }

    /// <summary>Appends <c>; did you mean "name"? allowed:</c>, the question only where a known name is near.</summary>
    public static void AppendGuess(TextBuilder text, string written, string known, string allowed)
    {
        string? guess = NearestName.Find(written, known);
        if (guess != null)
        {
            _ = text.Append("; did you mean \"").Append(guess).Append("\"? ");
        }

        _ = text.Append(guess == null ? "; allowed: " : "allowed: ").Append(allowed);
    }

    /// <summary>Reports a key that is missing; <paramref name="example"/> is a line that would do.</summary>
    public void Require(string key, string example)
    {
        if (_table.Find(key) == null && !_table.IsDamaged)
        {
            string text = _title + ": the key \"" + key + "\" is missing; for example: " + example;
            _errors.Add(ConfigErrorKind.MissingKey, _table.Line, 0, text);
        }
    }

    /// <summary>
    /// The entry with this key and type; null where it is absent, or of another type, which is reported.
    /// </summary>
    public TomlEntry? Find(string key, TomlKind kind, string expected)
    {
        TomlEntry? entry = _table.Find(key);
        if (entry == null || entry.Value.Kind == kind)
        {
            return entry;
        }

        Report(ConfigErrorKind.WrongType, entry, expected);
        return null;
    }

    public TomlEntry? FindText(string key, string example) =>
        Find(key, TomlKind.String, "text in quotes is expected; for example: " + example);

    /// <summary>
    /// A whole number within a range; <paramref name="fallback"/> where it is absent or wrong, which is reported.
    /// </summary>
    public int ReadNumber(string key, int minimum, int maximum, int fallback, out TomlEntry? entry)
    {
        string allowed = new TextBuilder().Append(minimum).Append(" to ").Append(maximum).ToString();
        entry = Find(key, TomlKind.Integer, "a whole number without quotes is expected; allowed: " + allowed);
        if (entry == null)
        {
            return fallback;
        }

        if (entry.Value.Integer < minimum || entry.Value.Integer > maximum)
        {
            Report(ConfigErrorKind.OutOfRange, entry, "out of range; allowed: " + allowed);
            entry = null;
            return fallback;
        }

        return (int)entry.Value.Integer;
    }

    public bool ReadBoolean(string key, bool fallback, out TomlEntry? entry)
    {
        entry = Find(key, TomlKind.Boolean, "true or false without quotes is expected");
        return entry?.Value.Boolean ?? fallback;
    }

    /// <summary>
    /// The position of the text among <paramref name="choices"/> (separated by ", "); <paramref name="fallback"/> where
    /// it is absent or none of them, which is reported.
    /// </summary>
    public int ReadChoice(string key, string choices, int fallback)
    {
        TomlEntry? entry = Find(key, TomlKind.String, "text in quotes is expected; allowed: " + choices);
        if (entry == null)
        {
            return fallback;
        }

        int index = NearestName.IndexOf(choices, entry.Value.Text);
        if (index >= 0)
        {
            return index;
        }

        TextBuilder text = new TextBuilder().Append("not a known value");
        AppendGuess(text, entry.Value.Text, choices, choices);
        Report(ConfigErrorKind.NotOneOf, entry, text.ToString());
        return fallback;
    }

    /// <summary>An error about a key: <c>memory = "25X": text</c>; a section stands for itself.</summary>
    public void Report(ConfigErrorKind kind, TomlEntry entry, string text) => Report(_errors, kind, entry, text);

    public static void Report(ConfigErrors errors, ConfigErrorKind kind, TomlEntry entry, string text)
    {
        bool isSection = entry.Value.Kind is TomlKind.Table or TomlKind.Sections
            && (entry.Value.Source.Length == 0 || entry.Value.Source[0] != '{');
        string subject = isSection ? entry.Value.Source : entry.Key + " = " + entry.Value.Source;
        errors.Add(kind, entry.Line, 0, subject + ": " + text);
    }
}
