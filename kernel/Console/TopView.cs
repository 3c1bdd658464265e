// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>What the VMs do, drawn anew each second on a cleared screen; for scripts once, after a second.</summary>
internal sealed class TopView : LiveView
{
    /// <summary>A second.</summary>
    public const ulong Period = 1_000_000_000;

    /// <summary>What fits on a terminal of 24 lines.</summary>
    private const int MostLines = 20;

    private const string ClearScreen = "\u001b[H\u001b[J";

    private readonly Monitor _monitor;
    private readonly ConsoleWriter _writer;
    private ulong _due;
    private bool _isJson;
    private bool _isOver;

    public TopView(Monitor monitor, ConsoleWriter writer)
    {
        _monitor = monitor;
        _writer = writer;
    }

    public override bool IsOver => _isOver;

    /// <summary>The first look: figures come with the second one.</summary>
    public void Begin(bool isJson)
    {
        _isJson = isJson;
        _isOver = _monitor.Guests.Length == 0;
        Measure();
        _due = _monitor.Host.Now + Period;
        _monitor.Host.WakeAt(_due);
        if (_isOver)
        {
            _ = _isJson ? _writer : _writer.Text("there is no VM").Line();
        }
        else if (!_isJson)
        {
            _ = _writer.Text("measuring for a second; a key ends it").Line();
        }
    }

    public override bool Show()
    {
        if (_monitor.Host.Now < _due)
        {
            return false;
        }

        Measure();
        if (!_isJson)
        {
            _ = _writer.Text(ClearScreen).Text("up ").Duration(_monitor.Host.Now).Text("; a key ends it").Line();
        }

        Draw();
        _isOver = _isJson;
        _due = _monitor.Host.Now + Period;
        _monitor.Host.WakeAt(_due);
        return false;
    }

    public override bool IsEnd(byte typed, Key key) =>
        key != Key.None || typed == Monitor.DetachKey;

    private void Measure()
    {
        foreach (GuestControls guest in _monitor.Guests)
        {
            guest.Measure();
        }
    }

    private void Draw()
    {
        RecordWriter records = _monitor.Records;
        records.Layout = _isJson ? RecordLayout.Json : RecordLayout.Table;
        records.IsHeader = !_isJson;
        int lines = 0;
        if (records.IsHeader)
        {
            Draw(records, _monitor.Guests[0]);
            records.IsHeader = false;
        }

        foreach (GuestControls guest in _monitor.Guests)
        {
            if (_isJson || lines++ < MostLines)
            {
                Draw(records, guest);
            }
        }

        if (lines > MostLines)
        {
            _ = _writer.Text("and ").Number((ulong)(lines - MostLines)).Text(" more in 'top -j'").Line();
        }
    }

    private static void Draw(RecordWriter records, GuestControls guest)
    {
        records.Begin();
        guest.ShowLoad(records);
        records.End();
    }
}
