// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// As <see cref="LogMessage"/>, for what a guest can trigger: nothing is formatted while the limit is reached.
/// </summary>
[InterpolatedStringHandler]
public ref struct GuestLogMessage
{
    private LogMessage _message;

    /// <summary>Called by the compiler; <paramref name="isWanted"/> false skips the parts.</summary>
    public GuestLogMessage(int literalLength, int formattedCount, out bool isWanted)
    {
        _message = new LogMessage(literalLength, formattedCount);
        IsWanted = Log.GuestLimit.TryTake();
        isWanted = IsWanted;
    }

    /// <summary>False where the line is one too many.</summary>
    internal bool IsWanted { get; }

    public void AppendLiteral(string value) => _message.AppendLiteral(value);

    public void AppendFormatted(string? value) => _message.AppendFormatted(value);

    public void AppendFormatted(char value) => _message.AppendFormatted(value);

    public void AppendFormatted(bool value) => _message.AppendFormatted(value);

    public void AppendFormatted(scoped ReadOnlySpan<byte> value) => _message.AppendFormatted(value);

    public void AppendFormatted(int value) => _message.AppendFormatted(value);

    public void AppendFormatted(long value) => _message.AppendFormatted(value);

    public void AppendFormatted(int value, string? format) => _message.AppendFormatted(value, format);

    public void AppendFormatted(long value, string? format) => _message.AppendFormatted(value, format);

    public void AppendFormatted(uint value, string? format = null) => _message.AppendFormatted(value, format);

    public void AppendFormatted(ulong value, string? format = null) => _message.AppendFormatted(value, format);

    public void AppendFormatted(HostPhysical value) => _message.AppendFormatted(value);

    public void AppendFormatted(HostVirtual value) => _message.AppendFormatted(value);

    public void AppendFormatted(GuestPhysical value) => _message.AppendFormatted(value);

    public void AppendFormatted(GuestVirtual value) => _message.AppendFormatted(value);

    internal void Commit() => Log.Append(LogLevel.Guest, ref _message);
}
