// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>Takes an interpolated string apart into one line of the log, on the stack of whoever writes it.</summary>
[InterpolatedStringHandler]
public ref struct LogMessage
{
    private LogText _text;
    private int _length;

    /// <summary>Called by the compiler with the sizes of the parts.</summary>
    public LogMessage(int literalLength, int formattedCount)
    {
        _length = 0;
    }

    /// <summary>What was built, for the log to copy.</summary>
    internal readonly int Length => _length;

    public void AppendLiteral(string value)
    {
        TextBuffer rest = Rest();
        rest.Append(value);
        _length += rest.Length;
    }

    public void AppendFormatted(string? value) => AppendLiteral(value ?? "(null)");

    public void AppendFormatted(char value)
    {
        TextBuffer rest = Rest();
        rest.Append(value);
        _length += rest.Length;
    }

    public void AppendFormatted(bool value) => AppendLiteral(value ? "true" : "false");

    /// <summary>ASCII text.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<byte> value)
    {
        TextBuffer rest = Rest();
        rest.Append(value);
        _length += rest.Length;
    }

    public void AppendFormatted(int value) => AppendFormatted((long)value);

    public void AppendFormatted(long value)
    {
        TextBuffer rest = Rest();
        rest.Append(value);
        _length += rest.Length;
    }

    /// <summary>A negative number shows its 32 bits in hexadecimal.</summary>
    public void AppendFormatted(int value, string? format) => AppendFormatted((ulong)(uint)value, format);

    public void AppendFormatted(long value, string? format) => AppendFormatted((ulong)value, format);

    public void AppendFormatted(uint value, string? format = null) => AppendFormatted((ulong)value, format);

    public void AppendFormatted(ulong value, string? format = null)
    {
        TextBuffer rest = Rest();
        rest.Append(value, format);
        _length += rest.Length;
    }

    public void AppendFormatted(HostPhysical value) => AppendAddress(value.Value);

    public void AppendFormatted(HostVirtual value) => AppendAddress(value.Value);

    public void AppendFormatted(GuestPhysical value) => AppendAddress(value.Value);

    public void AppendFormatted(GuestVirtual value) => AppendAddress(value.Value);

    /// <summary>Copies the text to <paramref name="target"/>, which is at least as long.</summary>
    internal void CopyTo(ref LogText target)
    {
        Span<byte> source = _text;
        source.Slice(0, _length).CopyTo(target);
    }

    private void AppendAddress(ulong value)
    {
        TextBuffer rest = Rest();
        rest.Append("0x");
        rest.AppendHex(value);
        _length += rest.Length;
    }

    [UnscopedRef]
    private TextBuffer Rest() => new(((Span<byte>)_text).Slice(_length));
}
