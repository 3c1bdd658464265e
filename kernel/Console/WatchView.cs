// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>
/// What several VMs say, line by line in the order of its coming, each line with the VM's name in front. A line that
/// gets no end, such as a prompt, is shown when nothing has been added to it for a while.
/// </summary>
internal sealed class WatchView : LiveView
{
    /// <summary>For so long an unfinished line waits for its end: 200 ms.</summary>
    public const ulong Patience = 200_000_000;

    /// <summary>Bytes of one VM that are shown at a time; a longer line is shown in pieces.</summary>
    private const int Chunk = 512;

    private readonly Monitor _monitor;
    private readonly ConsoleWriter _writer;
    private readonly WatchedGuest[] _guests;
    private readonly byte[] _chunk = new byte[Chunk];
    private WatchedGuest? _open;
    private int _next;
    private bool _isJson;

    public WatchView(Monitor monitor, ConsoleWriter writer)
    {
        _monitor = monitor;
        _writer = writer;
        _guests = new WatchedGuest[monitor.Guests.Length];
        for (int i = 0; i < _guests.Length; i++)
        {
            _guests[i] = new WatchedGuest(monitor.Guests[i]);
        }
    }

    /// <summary>All of them, or none yet.</summary>
    public void Choose(bool all)
    {
        foreach (WatchedGuest watched in _guests)
        {
            watched.IsChosen = all;
        }
    }

    public void Choose(GuestControls guest)
    {
        foreach (WatchedGuest watched in _guests)
        {
            watched.IsChosen |= watched.Guest == guest;
        }
    }

    public void Begin(bool isJson)
    {
        _isJson = isJson;
        _open = null;
        foreach (WatchedGuest watched in _guests)
        {
            watched.Plain.Begin();
            watched.Unfinished = 0;
            watched.IsMidLine = false;
        }

        _ = isJson ? _writer : _writer.Text("[Ctrl-] returns to the monitor]").Line();
    }

    public override bool IsEnd(byte typed, Key key) => typed == Monitor.DetachKey;

    public override bool Show()
    {
        for (int i = 0; i < _guests.Length; i++)
        {
            WatchedGuest watched = _guests[(_next + i) % _guests.Length];
            if (watched.IsChosen && TryShow(watched))
            {
                _next = (_next + i + 1) % _guests.Length;
                return true;
            }
        }

        bool hasMore = false;
        foreach (WatchedGuest watched in _guests)
        {
            GuestConsole terminal = watched.Guest.Terminal;
            hasMore |= watched.IsChosen && !terminal.PrepareToWait(terminal.Shown + watched.Unfinished);
        }

        return hasMore;
    }

    public override bool ShowsLog => !_isJson;

    public override void BeginLine() => CloseLine();

    public override void End() => CloseLine();

    private bool TryShow(WatchedGuest watched)
    {
        GuestConsole terminal = watched.Guest.Terminal;
        int there = terminal.Peek(_chunk, out long lost);
        if (lost > 0)
        {
            SayLost(watched, (ulong)lost);
            return true;
        }

        int count = Math.Max(IndexOfLineFeed(there) + 1, 0);
        if (count == 0 && !IsWorthShowing(watched, there))
        {
            return false;
        }

        count = count == 0 ? there : count;
        watched.Unfinished = 0;
        Say(watched, new ReadOnlySpan<byte>(_chunk, 0, count));
        terminal.Show(count);
        return true;
    }

    /// <summary>An unfinished line: of the VM whose line is open at once, of any other when it comes to rest.</summary>
    private bool IsWorthShowing(WatchedGuest watched, int there)
    {
        ulong now = _monitor.Host.Now;
        if (there == 0 || there == Chunk || (watched == _open && !_isJson))
        {
            return there != 0;
        }

        if (there != watched.Unfinished)
        {
            watched.Unfinished = there;
            watched.QuietSince = now;
        }

        ulong due = watched.QuietSince + Patience;
        if (now >= due || !watched.Guest.IsRunning)
        {
            return true;
        }

        _monitor.Host.WakeAt(due);
        return false;
    }

    private int IndexOfLineFeed(int end)
    {
        for (int i = 0; i < end; i++)
        {
            if (_chunk[i] == Ascii.LineFeed)
            {
                return i;
            }
        }

        return -1;
    }

    private void Say(WatchedGuest watched, ReadOnlySpan<byte> said)
    {
        if (_isJson)
        {
            SayRecord(watched, said);
            return;
        }

        bool isOnlyEnd = watched.IsMidLine && said.Length <= 2 && said[0] is (Ascii.Return or Ascii.LineFeed);
        bool isEnded = said[said.Length - 1] == Ascii.LineFeed;
        watched.IsMidLine = !isEnded;
        if (isEnded && isOnlyEnd && _open != watched)
        {
            // Another VM has ended the line for it.
            return;
        }

        OpenLine(watched);
        for (int i = 0; i < said.Length; i++)
        {
            if (watched.Plain.TryShow(said[i], out byte shown) && shown is not (Ascii.LineFeed or Ascii.Return))
            {
                _ = _writer.Raw(shown);
            }
        }

        if (isEnded)
        {
            CloseLine();
        }
    }

    private void SayRecord(WatchedGuest watched, ReadOnlySpan<byte> said)
    {
        // In place: what is shown is never longer than what was said.
        int length = 0;
        for (int i = 0; i < said.Length; i++)
        {
            if (watched.Plain.TryShow(said[i], out byte shown) && shown is not (Ascii.LineFeed or Ascii.Return))
            {
                _chunk[length++] = shown;
            }
        }

        RecordWriter records = _monitor.Records;
        records.Layout = RecordLayout.Json;
        records.Begin();
        records.Text("name", watched.Guest.Name);
        records.Text("text", new ReadOnlySpan<byte>(_chunk, 0, length));
        records.End();
    }

    private void SayLost(WatchedGuest watched, ulong lost)
    {
        if (_isJson)
        {
            RecordWriter records = _monitor.Records;
            records.Layout = RecordLayout.Json;
            records.Begin();
            records.Text("name", watched.Guest.Name);
            records.Number("lost", lost);
            records.End();
            return;
        }

        CloseLine();
        OpenLine(watched);
        _ = _writer.Number(lost).Text(" bytes were not kept");
        CloseLine();
    }

    private void OpenLine(WatchedGuest watched)
    {
        if (_open != watched)
        {
            CloseLine();
            _open = watched;
            _ = _writer.Text("[").Text(watched.Guest.Name).Text("] ");
        }
    }

    private void CloseLine()
    {
        if (_open != null)
        {
            _open = null;
            _ = _writer.Line();
        }
    }
}
