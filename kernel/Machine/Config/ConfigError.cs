// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>One mistake in a configuration: where it is, what was written and what is allowed.</summary>
public sealed class ConfigError
{
    public readonly ConfigErrorKind Kind;

    /// <summary>The line, from 1.</summary>
    public readonly int Line;

    /// <summary>The column in bytes, from 1; 0 where the line says it all.</summary>
    public readonly int Column;

    /// <summary>The offending text followed by what is wrong with it and what is allowed, without the place.</summary>
    public readonly string Text;

    /// <summary>The next error by line.</summary>
    internal ConfigError? Next;

    internal ConfigError(ConfigErrorKind kind, int line, int column, string text)
    {
        Kind = kind;
        Line = line;
        Column = column;
        Text = text;
    }
}
