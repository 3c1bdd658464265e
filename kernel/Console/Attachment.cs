// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>The guest whose serial line the console is, and how far what it said has been shown.</summary>
internal sealed class Attachment
{
    /// <summary>Bytes that are shown at a time, so that typing is noticed in between.</summary>
    private const int Chunk = 512;

    private readonly ConsoleWriter _writer;
    private readonly byte[] _chunk = new byte[Chunk];
    private GuestControls? _last;
    private long _position;
    private bool _isMidLine;

    public Attachment(ConsoleWriter writer)
    {
        _writer = writer;
    }

    public GuestControls? Guest { get; private set; }

    /// <summary>
    /// Attaches: what the guest said since it was last shown follows, as far as it is kept.
    /// </summary>
    public void Attach(GuestControls guest)
    {
        if (_last != guest)
        {
            _position = guest.Terminal.Oldest;
            _last = guest;
        }

        Guest = guest;
        _isMidLine = false;
        _ = _writer.Text("[").Text(guest.Name).Text(": attached, Ctrl-] returns to the monitor]").Line();
    }

    /// <summary>Begins a new line where the guest has left one unfinished.</summary>
    public void BeginLine()
    {
        if (_isMidLine)
        {
            _isMidLine = false;
            _ = _writer.Line();
        }
    }

    /// <summary>Leaves the guest and says why.</summary>
    public void Detach(string why)
    {
        _ = _writer.Line().Text("[").Text(Guest!.Name).Text(": ").Text(why).Text("]").Line();
        Guest = null;
    }

    /// <summary>Passes a typed byte on; what the guest does not take is lost, as on a wire.</summary>
    public void Type(byte value)
    {
        GuestControls guest = Guest!;
        _ = guest.Terminal.TryType(value);
        guest.InputArrived();
    }

    /// <summary>Shows a piece of what the guest said; true where there is more.</summary>
    public bool Show()
    {
        GuestConsole terminal = Guest!.Terminal;
        int count = terminal.Read(ref _position, _chunk, out long lost);
        if (lost > 0)
        {
            _ = _writer.Line().Text("[").Number((ulong)lost).Text(" bytes were not kept]").Line();
        }

        if (count > 0)
        {
            _isMidLine = _chunk[count - 1] != Ascii.LineFeed;
            _ = _writer.Raw(new ReadOnlySpan<byte>(_chunk, 0, count));
        }

        return !terminal.PrepareToWait(_position);
    }
}
