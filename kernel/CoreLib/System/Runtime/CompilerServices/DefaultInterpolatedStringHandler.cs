// SPDX-License-Identifier: MIT
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>Makes strings of $"..." (which allocates; logs have a handler of their own that does not).</summary>
[InterpolatedStringHandler]
public ref struct DefaultInterpolatedStringHandler
{
    private readonly StringBuilder _text;

    public DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + (formattedCount * 8));
    }

    public readonly void AppendLiteral(string value) => _text.Append(value);

    public readonly void AppendFormatted(string? value) => _text.Append(value);

    public readonly void AppendFormatted(string? value, int alignment, string? format = null) =>
        AppendAligned(value ?? "", alignment);

    public readonly void AppendFormatted(scoped ReadOnlySpan<char> value) => _text.Append(value);

    public readonly void AppendFormatted(scoped ReadOnlySpan<char> value, int alignment, string? format = null) =>
        AppendAligned(new string(value), alignment);

    public readonly void AppendFormatted<T>(T value) => _text.Append(ToText(value, null));

    public readonly void AppendFormatted<T>(T value, string? format) => _text.Append(ToText(value, format));

    public readonly void AppendFormatted<T>(T value, int alignment) => AppendAligned(ToText(value, null), alignment);

    public readonly void AppendFormatted<T>(T value, int alignment, string? format) =>
        AppendAligned(ToText(value, format), alignment);

    public override readonly string ToString() => _text.ToString();

    public readonly string ToStringAndClear()
    {
        string result = _text.ToString();
        _text.Clear();
        return result;
    }

    private static string ToText<T>(T value, string? format)
    {
        if (value is null)
        {
            return "";
        }
        return (value is IFormattable formattable ? formattable.ToString(format, null) : value.ToString()) ?? "";
    }

    private readonly void AppendAligned(string text, int alignment)
    {
        int padding = Math.Abs(alignment) - text.Length;
        if (alignment > 0 && padding > 0)
        {
            _text.Append(' ', padding);
        }
        _text.Append(text);
        if (alignment < 0 && padding > 0)
        {
            _text.Append(' ', padding);
        }
    }
}
