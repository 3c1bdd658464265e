// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>All errors of one file, in the order of its lines.</summary>
public sealed class ConfigErrors
{
    /// <summary>More errors than these help nobody; one more then says that the rest is left out.</summary>
    private const int Maximum = 50;

    private readonly string _fileName;

    internal ConfigErrors(string fileName)
    {
        _fileName = fileName;
    }

    public int Count { get; private set; }

    /// <summary>True where the parser need not look for more.</summary>
    internal bool IsFull => Count > Maximum;

    private ConfigError? First { get; set; }

    /// <summary>The error at <paramref name="index"/> (0 to <see cref="Count"/> - 1).</summary>
    public ConfigError? this[int index]
    {
        get
        {
            ConfigError? error = First;
            for (int i = 0; i < index && error != null; i++)
            {
                error = error.Next;
            }

            return error;
        }
    }

    /// <summary>
    /// The line that is printed for <paramref name="error"/>: <c>hypervisor.toml:7: memory = "25X": ...</c>.
    /// </summary>
    public string Format(ConfigError error)
    {
        TextBuilder text = new TextBuilder().Append(_fileName).Append(':').Append(error.Line);
        if (error.Column != 0)
        {
            _ = text.Append(':').Append(error.Column);
        }

        return text.Append(": ").Append(error.Text).ToString();
    }

    /// <summary>All errors, a line each, every line ended by a line feed.</summary>
    public string Format()
    {
        var text = new TextBuilder();
        for (ConfigError? error = First; error != null; error = error.Next)
        {
            _ = text.Append(Format(error)).Append('\n');
        }

        return text.ToString();
    }

    internal void Add(ConfigErrorKind kind, int line, int column, string text)
    {
        if (IsFull)
        {
            return;
        }

        if (Count == Maximum)
        {
            kind = ConfigErrorKind.TooManyErrors;
            text = "more than 50 errors; the rest is left out";
            column = 0;
        }

        Insert(new ConfigError(kind, line, column, text));
    }

    /// <summary>Keeps the list sorted by line; among equals the first found comes first.</summary>
    private void Insert(ConfigError error)
    {
        Count++;
        bool last = error.Kind == ConfigErrorKind.TooManyErrors;
        ConfigError? before = null;
        for (ConfigError? at = First; at != null && (last || at.Line <= error.Line); at = at.Next)
        {
            before = at;
        }

        if (before == null)
        {
            error.Next = First;
            First = error;
            return;
        }

        error.Next = before.Next;
        before.Next = error;
    }
}
