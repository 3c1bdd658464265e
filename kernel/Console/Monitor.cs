// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Console.Commands;
using Hypervisor.Platform;

namespace Hypervisor.Console;

/// <summary>
/// What a person meets on the serial line: the prompt and its commands, or one guest's serial line while attached. It
/// is fed with typed bytes and asked now and then to show what is new; it never waits and never allocates.
/// </summary>
public sealed class Monitor
{
    /// <summary>Ctrl-], which leaves an attached guest.</summary>
    public const byte DetachKey = 0x1d;

    /// <summary>Lines of the log that are shown after the fact, at the most.</summary>
    private const int MissedLines = 16;

    private readonly ConsoleWriter _writer;
    private readonly LineEditor _editor;
    private readonly KeyDecoder _keys = new();
    private readonly CommandLine _line = new();
    private readonly Completion _completion;
    private readonly Attachment _attachment;
    private readonly TopView _top;
    private LiveView? _view;
    private long _shownLog;
    private PowerRequest _pendingEnd;

    public Monitor(HostControls host, GuestControls[] guests, ConsoleSink sink)
    {
        Host = host;
        Guests = guests;
        _writer = new ConsoleWriter(sink);
        _editor = new LineEditor(_writer, "hv> ");
        Records = new RecordWriter(_writer) { LongestName = LongestOf(guests) };
        Commands =
        [
            new HelpCommand(), new VmsCommand("vms"), new VmsCommand("list"), new AttachCommand(), new WatchCommand(),
            new TopCommand(), new StartCommand(), new StopCommand(), new RestartCommand(), new PauseCommand(),
            new ResumeCommand(), new CreateCommand(), new DestroyCommand(), new InfoCommand(), new StatsCommand(),
            new EventsCommand(), new LogCommand(), new MemCommand(), new PowerOffCommand(), new RebootCommand(),
        ];
        Watch = new WatchView(this, _writer);
        _top = new TopView(this, _writer);
        _completion = new Completion(this, _editor, _writer);
        _attachment = new Attachment(_writer);
        _shownLog = Log.Next;
    }

    public HostControls Host { get; }

    public GuestControls[] Guests { get; }

    public Command[] Commands { get; }

    public ConsoleWriter Writer => _writer;

    public RecordWriter Records { get; }

    internal WatchView Watch { get; }

    /// <summary>The guest whose serial line this is at the moment; null at the prompt.</summary>
    public GuestControls? Attached => _attachment.Guest;

    /// <summary>Says hello and is ready; or one VM's serial line is this one at once.</summary>
    /// <param name="attach">The index of that VM; -1 for none.</param>
    /// <param name="watchAll">True where nobody is there to type, so that what several VMs say is to be shown.</param>
    public void Begin(int attach, bool watchAll = false)
    {
        _ = _writer.Line().Text("Monitor. 'help' lists the commands.").Line();
        if (watchAll && Guests.Length > 1)
        {
            Watch.Choose(true);
            ShowWatch(false);
        }
        else if (attach >= 0)
        {
            _attachment.Attach(Guests[attach]);
        }
        else
        {
            _editor.Clear();
        }
    }

    /// <summary>A command has ended in a fault: what was typed for it is over, and the prompt is there again.</summary>
    public void Recover()
    {
        Records.IsHeader = false;
        _view = null;
        if (_attachment.Guest == null)
        {
            _ = _writer.Line();
            _editor.Clear();
        }
    }

    /// <summary>Shows a text that was prepared at boot (the errors of a configuration), line by line.</summary>
    public void Show(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            _ = text[i] == Ascii.LineFeed ? _writer.Line() : _writer.Printable(text.Slice(i, 1));
        }
    }

    /// <summary>Takes one typed byte.</summary>
    public void Receive(byte value)
    {
        if (_attachment.Guest != null)
        {
            if (value != DetachKey)
            {
                // Nothing is pressed, but an answer of the terminal that has begun is one still where the guest ends.
                _ = _keys.Decode(value);
                _attachment.Type(value);
                return;
            }

            _attachment.Detach("detached");
            ToPrompt();
            return;
        }

        Key key = _keys.Decode(value);
        if (_view != null)
        {
            if (_view.IsEnd(value, key))
            {
                LeaveView();
            }

            return;
        }

        if (key == Key.Tab)
        {
            _completion.Complete();
        }
        else if (key != Key.None && _editor.Press(key, _keys.Character))
        {
            Execute();
        }
    }

    /// <summary>Shows what has come; true where there is more to show, false where it may wait.</summary>
    public bool Poll()
    {
        bool hasMore = ShowNews();
        PowerRequest asked = hasMore ? PowerRequest.None : Host.TakeAsked();
        _pendingEnd = _pendingEnd == PowerRequest.None ? asked : _pendingEnd;
        if (_view != null && !hasMore && (_view.IsOver || _pendingEnd != PowerRequest.None))
        {
            LeaveView();
        }

        FinishEnd();
        return hasMore || (!LogWaits && _shownLog != Log.Next);
    }

    private bool ShowNews()
    {
        if (_view != null)
        {
            if (_view.ShowsLog)
            {
                ShowLogBesideGuest();
            }

            return _view.Show();
        }

        if (_attachment.Guest == null)
        {
            ShowLog();
            return false;
        }

        ShowLogBesideGuest();
        if (_attachment.Show())
        {
            return true;
        }

        if (_attachment.Guest.IsOver)
        {
            _attachment.Detach(_attachment.Guest.State);
            ToPrompt();
        }

        return false;
    }

    /// <summary>
    /// The VM that word <paramref name="index"/> names; the only one where it is absent. Null is said.
    /// </summary>
    public GuestControls? FindGuest(CommandLine line, int index)
    {
        if (line.Count <= index && Guests.Length == 1)
        {
            return Guests[0];
        }

        foreach (GuestControls guest in Guests)
        {
            if (line.Is(index, guest.Name))
            {
                return guest;
            }
        }

        if (line.Count <= index)
        {
            _ = _writer.Text(Guests.Length == 0 ? "there is no VM" : "which VM? 'vms' lists them").Line();
        }
        else
        {
            _ = _writer.Text("no VM is called '").Raw(line[index]).Text("'; 'vms' lists them").Line();
        }

        return null;
    }

    /// <summary>Makes a guest's serial line this one.</summary>
    public void Attach(GuestControls guest) => _attachment.Attach(guest);

    /// <summary>
    /// Switches the machine off or starts it anew, once every guest is at rest; at once where word 1 is "force".
    /// </summary>
    public void EndHost(bool reboot, Command command, CommandLine line)
    {
        bool force = line.Is(1, "force");
        if (!force && line.Count > 1)
        {
            SayUsage(command, line[1]);
            return;
        }

        _pendingEnd = reboot ? PowerRequest.Reset : PowerRequest.PowerOff;
        foreach (GuestControls guest in Guests)
        {
            if (!guest.IsAtRest && !force)
            {
                _ = _writer.Text("waiting for ").Text(guest.Name).Line();
                guest.Stop();
            }
        }

        FinishEnd(force);
    }

    private void FinishEnd(bool force = false)
    {
        if (_pendingEnd == PowerRequest.None)
        {
            return;
        }

        foreach (GuestControls guest in Guests)
        {
            if (!guest.IsAtRest && !force)
            {
                return;
            }
        }

        // A guest is at rest only after it was said: what is in the log now is all there is to show.
        if (_shownLog != Log.Next && !force)
        {
            return;
        }

        PowerRequest end = _pendingEnd;
        _pendingEnd = PowerRequest.None;
        _writer.Flush();
        if (end == PowerRequest.Reset)
        {
            Host.Reboot();
        }
        else
        {
            Host.PowerOff();
        }

        _ = _writer.Text("the firmware did not do it").Line();
    }

    private static int LongestOf(GuestControls[] guests)
    {
        int longest = 0;
        foreach (GuestControls guest in guests)
        {
            longest = Math.Max(longest, guest.Name.Length);
        }

        return longest;
    }

    private void Execute()
    {
        _line.Parse(_editor.Line);
        if (_line.Count > 0)
        {
            Run();
        }

        if (_attachment.Guest == null && _view == null)
        {
            _editor.Clear();
        }
    }

    private void Run()
    {
        foreach (Command command in Commands)
        {
            if (_line.Is(0, command.Name))
            {
                if (_line.Count - 1 > command.MostArguments)
                {
                    SayUsage(command, _line[command.MostArguments + 1]);
                }
                else
                {
                    command.Run(this, _line);
                }

                return;
            }
        }

        _ = _writer.Text("no such command: '").Raw(_line[0]).Text("'; 'help' lists them").Line();
    }

    /// <summary>Says that a word is not understood, and what is.</summary>
    internal void SayUsage(Command command, ReadOnlySpan<byte> word)
    {
        _ = _writer.Text("what is '").Raw(word).Text("'? usage: ").Text(command.Name);
        _ = (command.Arguments.Length == 0 ? _writer : _writer.Text(" ").Text(command.Arguments)).Line();
    }

    internal void ShowTop(bool isJson)
    {
        _view = _top;
        _top.Begin(isJson);
    }

    /// <summary>Shows what the VMs say that were chosen for it.</summary>
    internal void ShowWatch(bool isJson)
    {
        _view = Watch;
        Watch.Begin(isJson);
    }

    /// <summary>What is shown leaves no room for lines of the log.</summary>
    private bool LogWaits => _view != null && !_view.ShowsLog;

    private void LeaveView()
    {
        LiveView view = _view!;
        _view = null;
        view.End();
        ToPrompt();
    }

    private void ToPrompt()
    {
        ShowLog();
        _editor.Clear();
    }

    /// <summary>
    /// What the host says (a crash, a start) comes in between what the guest says; lines that a guest caused stay in
    /// 'log'.
    /// </summary>
    private void ShowLogBesideGuest()
    {
        for (long next = Log.Next; _shownLog < next; _shownLog++)
        {
            if (Log.TryRead(_shownLog, out LogLine line) && line.Level != LogLevel.Guest)
            {
                BeginHostLine();
                ReadOnlySpan<byte> text = line.Text;
                _ = _writer.Text("[host] ").Printable(text.Slice(0, line.Length)).Line();
            }
        }
    }

    private void BeginHostLine()
    {
        if (_view != null)
        {
            _view.BeginLine();
        }
        else
        {
            _attachment.BeginLine();
        }
    }

    private void ShowLog()
    {
        long next = Log.Next;
        if (_shownLog == next)
        {
            return;
        }

        _editor.Hide();
        if (next - _shownLog > MissedLines)
        {
            _ = _writer.Text("... more in 'log'").Line();
            _shownLog = next - MissedLines;
        }

        for (; _shownLog < next; _shownLog++)
        {
            if (Log.TryRead(_shownLog, out LogLine line))
            {
                ReadOnlySpan<byte> text = line.Text;
                _ = _writer.Printable(text.Slice(0, line.Length)).Line();
            }
        }

        _editor.Redraw();
    }
}
