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
    private readonly PlainText _plain = new();
    private long _liveFrom;
    private bool _isMidLine;

    public Attachment(ConsoleWriter writer)
    {
        _writer = writer;
    }

    public GuestControls? Guest { get; private set; }

    /// <summary>
    /// Attaches: what the guest said since it was last shown follows, as far as it is kept, as plain text; what it says
    /// from now on reaches the terminal as it is.
    /// </summary>
    public void Attach(GuestControls guest)
    {
        Guest = guest;
        _liveFrom = guest.Terminal.Written;
        _plain.Begin();
        _isMidLine = false;
        _ = _writer.Text("[").Text(guest.Name).Text(": attached, ");
        if (guest.IsPaused)
        {
            _ = _writer.Text("but it is ").Text(guest.State).Text("; ");
        }

        _ = _writer.Text("Ctrl-] returns to the monitor]").Line();
    }

    /// <summary>Begins a line of the host's, on a new one where the guest has left one unfinished.</summary>
    public void BeginLine()
    {
        _ = _writer.Text(TerminalReset.ForOneLine);
        if (_isMidLine)
        {
            _isMidLine = false;
            _ = _writer.Line();
        }
    }

    /// <summary>Leaves the guest, takes the terminal back from it and says why.</summary>
    public void Detach(string why)
    {
        _ = _writer.Text(TerminalReset.Full).Line().Text("[").Text(Guest!.Name).Text(": ").Text(why).Text("]").Line();
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
        int count = terminal.Peek(_chunk, out long lost);
        if (lost > 0)
        {
            _ = _writer.Line().Text("[").Number((ulong)lost).Text(" bytes were not kept]").Line();
        }

        if (count > 0)
        {
            _isMidLine = _chunk[count - 1] != Ascii.LineFeed;
            Show(new ReadOnlySpan<byte>(_chunk, 0, count), terminal.Shown);
            terminal.Show(count);
        }

        return !terminal.PrepareToWait(terminal.Shown);
    }

    private void Show(ReadOnlySpan<byte> said, long position)
    {
        for (int i = 0; i < said.Length; i++)
        {
            byte shown = said[i];
            if (position + i >= _liveFrom || _plain.TryShow(said[i], out shown))
            {
                _ = _writer.Raw(shown);
            }
        }
    }
}
