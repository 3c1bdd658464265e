// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using Hypervisor.Console;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>The monitor, driven by keystrokes.</summary>
[Collection("log")]
public sealed class MonitorTests
{
    private readonly MemorySink _sink = new();
    private readonly FakeHost _host = new();

    [Fact]
    public void SingleVm_IsAttachedAtOnce_WithWhatItSaidBefore()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        guest.Say("Linux version 6\r\n");
        monitor.Begin(attach: 0);
        Drain(monitor);
        guest.Say("login: ");
        Drain(monitor);
        Assert.Equal(
            ["", "Monitor. 'help' lists the commands.", "[web: attached, Ctrl-] returns to the monitor]",
                "Linux version 6", "login: "],
            _sink.TakeScreen());
        Type(monitor, "root\r");
        Assert.Equal("root\r", guest.Hear());
        Assert.Equal(5, guest.Inputs);
    }

    [Fact]
    public void DetachKey_LeadsToThePrompt_AndNothingIsShownTwice()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("one\r\n");
        Drain(monitor);
        _ = _sink.Take();
        Type(monitor, "\u001d");
        Assert.Equal(["", "[web: detached]", "hv> "], _sink.TakeScreen());
        guest.Say("two\r\n");
        Drain(monitor);
        Assert.Equal("", _sink.Take());
        Type(monitor, "attach\r");
        Drain(monitor);
        Assert.Equal(["attach", "[web: attached, Ctrl-] returns to the monitor]", "two", ""], _sink.TakeScreen());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAGuestMadeOfTheTerminal_EndsWithTheAttachment(bool byKey)
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("\u001b[?1049h\u001b[1;31;8m\u001b[3;9r\u001b(0\u000e\u001b[?25l\u001b[?7l\u001b[2;4;20h\u001b="
            + "\u001b[?1;5;9;66;69;1000;1002;1003;1004;1005;1006;1015;2004h\u001b]0;a title without an end");
        Drain(monitor);
        var modes = new TerminalModes();
        modes.Take(_sink.Take());
        Assert.Equal(26, modes.Different.Count());
        guest.Running = byKey;
        Type(monitor, byKey ? "\u001d" : "");
        Drain(monitor);
        string shown = _sink.Take();
        modes.Take(shown[..shown.IndexOf("[web: ", StringComparison.Ordinal)]);
        Assert.Empty(modes.Different);
    }

    [Fact]
    public void WhatAGuestSaidBefore_IsPlainText_AndWhatItSaysNowIsNot()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Say("\u001b[6nbefore\u001b]0;x\u001b\\ \u001b[2Jit\r\n");
        Type(monitor, "attach web\r");
        guest.Say("\u001b[31mnow");
        Drain(monitor);
        string shown = _sink.Take();
        Assert.EndsWith("monitor]\r\nbefore it\r\n\u001b[31mnow", shown, StringComparison.Ordinal);

        // The last words of one that has ended: nothing of them is alive.
        Type(monitor, "\u001d");
        guest.Say("\u001b[6nthe end\u001b[");
        guest.Running = false;
        _ = _sink.Take();
        Type(monitor, "attach web\r");
        Drain(monitor);
        shown = _sink.Take();
        Assert.Contains("monitor]\r\nthe end\u0018", shown, StringComparison.Ordinal);
        Assert.Null(monitor.Attached);
    }

    [Fact]
    public void AGuestThatHasNotRun_IsNotAttached()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = false;
        guest.HasRun = false;
        Assert.Equal(["web has not been started; 'start web' does", "hv> "], Run(monitor, "attach web"));
        Assert.Null(monitor.Attached);
    }

    [Theory]
    [InlineData("poweroff now", "what is 'now'? usage: poweroff [force]")]
    [InlineData("reboot web", "what is 'web'? usage: reboot [force]")]
    [InlineData("stop web now", "what is 'now'? usage: stop [NAME] [force]")]
    [InlineData("start web db", "what is 'db'? usage: start [NAME]")]
    [InlineData("vms x -j", "what is 'x'? usage: vms [-j]")]
    [InlineData("events 3 4", "what is '4'? usage: events [COUNT] [-j]")]
    public void AWordTooMany_DoesNothing(string line, string answer)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Assert.Equal([answer, "hv> "], Run(monitor, line));
        Assert.True(guest.Running);
    }

    [Fact]
    public void AStoppedGuestThatStartsAndTalks_LeavesTheKeysToWhoIsAttached()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = false;
        guest.Say("its last words\r\n");
        Type(monitor, "attach web\r");
        guest.Running = true;
        guest.Say("its first words\r\n");
        Drain(monitor);
        Assert.Equal("web", monitor.Attached?.Name);
        Type(monitor, "\u001d");
        Assert.Null(monitor.Attached);
    }

    [Fact]
    public void TheHostsLineBesideAGuest_CannotBeHidden()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("\u001b[8m\u001b]0;no end");
        Drain(monitor);
        Log.Host($"vm web crashed");
        Drain(monitor);
        string shown = _sink.Take();
        var modes = new TerminalModes();
        modes.Take(shown[..shown.IndexOf("[host] ", StringComparison.Ordinal)]);
        Assert.Empty(modes.Different);
    }

    [Fact]
    public void BytesThatAreNoLetters_AreNotSentToTheTerminal()
    {
        Monitor monitor = AtPrompt(out _);
        ReadOnlySpan<byte> text = "a\u001b[6nb\r\u0090"u8;
        Log.Host($"{text}");
        Drain(monitor);
        Assert.Contains("a?[6nb??", _sink.Take(), StringComparison.Ordinal);
        Assert.Contains(Run(monitor, "log 1"), static line => line.StartsWith("a?[6nb??", StringComparison.Ordinal));
        monitor.Show(text);
        Assert.Equal("a?[6nb???", _sink.Take());
    }

    [Fact]
    public void AnswersOfTheTerminal_AfterTheGuestIsGone_AreNoCommands()
    {
        Monitor monitor = AtPrompt(out _);
        Type(monitor, "\u001b[24;80R\u001b]lpoweroff\r\u001b\\\u001bP1$rpoweroff\r\u001b\\\r");
        Assert.Empty(_host.Asked);
        Assert.Equal(["", "hv> "], _sink.TakeScreen());
    }

    [Fact]
    public void AFaultInACommand_EndsThatCommandOnly()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: -1);
        guest.Counting = static () => throw new InvalidOperationException();
        _ = Assert.Throws<InvalidOperationException>(() => Type(monitor, "stats web\r"));
        _ = _sink.Take();
        monitor.Recover();
        Assert.Equal(["", "hv> "], _sink.TakeScreen());
        guest.Counting = static () => { };
        Type(monitor, "stats web\r");
        Assert.Contains("exits", _sink.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public void GuestThatEnds_LeadsBackToThePrompt()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("reboot: Power down\r\n");
        guest.Running = false;
        Drain(monitor);
        Assert.Equal(["reboot: Power down", "", "[web: stopped]", "hv> "], _sink.TakeScreen()[^4..]);
        Assert.Null(monitor.Attached);
    }

    [Fact]
    public void OneOfSeveralVms_IsAttachedWhereAsked()
    {
        var monitor = new Monitor(_host, [new FakeGuest("web"), new FakeGuest("db")], _sink);
        monitor.Begin(attach: 1);
        Assert.Equal("db", monitor.Attached?.Name);
    }

    [Fact]
    public void SeveralVms_StartAtThePrompt()
    {
        var monitor = new Monitor(_host, [new FakeGuest("a"), new FakeGuest("b")], _sink);
        monitor.Begin(attach: -1);
        Assert.Equal("hv> ", _sink.TakeScreen()[^1]);
        Assert.Equal(["which VM? 'vms' lists them", "hv> "], Run(monitor, "stop"));
        Assert.Equal(["no VM is called 'c'; 'vms' lists them", "hv> "], Run(monitor, "stop c"));
    }

    [Theory]
    [InlineData("start", false, "start")]
    [InlineData("start web", false, "start")]
    [InlineData("stop", true, "stop")]
    [InlineData("stop web", true, "stop")]
    [InlineData("stop web force", true, "force")]
    [InlineData("stop force", true, "force")]
    [InlineData("restart web", true, "restart")]
    [InlineData("  restart   web  ", true, "restart")]
    [InlineData("stop web -f", true, "force")]
    [InlineData("create web", false, "create")]
    [InlineData("destroy web", true, "destroy")]
    [InlineData("destroy web", false, "destroy")]
    [InlineData("pause web", true, "pause")]
    [InlineData("resume web", true, "resume")]
    public void Command_ReachesTheVm(string line, bool running, string asked)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = running;
        Assert.Equal(["hv> "], Run(monitor, line));
        Assert.Equal([asked], guest.Asked);
    }

    [Theory]
    [InlineData("start", true, "web is running")]
    [InlineData("stop", false, "web is not running")]
    [InlineData("create", true, "web is there already")]
    [InlineData("pause", false, "web is not running")]
    [InlineData("resume", false, "web is not running")]
    [InlineData("events some", true, "'some' is not a number of events")]
    [InlineData("list -j", true, "{\"name\":\"web\",\"state\":\"running\",\"memory\":268435456}")]
    [InlineData("frobnicate now", true, "no such command: 'frobnicate'; 'help' lists them")]
    [InlineData("log many", true, "'many' is not a number of lines")]
    [InlineData("help frobnicate", true, "no such command: 'frobnicate'")]
    [InlineData("vms -j", true, "{\"name\":\"web\",\"state\":\"running\",\"memory\":268435456}")]
    [InlineData("info web -j", true, "{\"name\":\"web\",\"uptime\":12034000000}")]
    [InlineData("stats -j", true, "{\"exits\":123}")]
    [InlineData("stats host", true, "  switches               7")]
    [InlineData("info host", true, "  version                1.2")]
    [InlineData("mem", true, "  free                   1.5 GiB")]
    [InlineData("mem -j", true, "{\"free\":1610612736}")]
    public void Command_Answers(string line, bool running, string answer)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = running;
        string[] screen = Run(monitor, line);
        Assert.Equal(answer, screen[0].TrimEnd());
        Assert.Equal("hv> ", screen[^1]);
        Assert.Empty(guest.Asked);
    }

    [Fact]
    public void Start_OfOneThatIsPausedOrStopping_ReachesIt()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Paused = true;
        Assert.Equal(["hv> "], Run(monitor, "start"));
        Assert.Equal(["web stands still", "hv> "], Run(monitor, "pause"));
        guest.Paused = false;
        guest.Stopping = true;
        Assert.Equal(["hv> "], Run(monitor, "start"));
        Assert.Equal(["start", "start"], guest.Asked);
    }

    [Fact]
    public void Events_HaveTimes()
    {
        Monitor monitor = AtPrompt(out _);
        _host.History.Add("web", "crashed", "division by zero");
        Assert.Equal("0.000 s         web                 crashed             division by zero",
            Run(monitor, "events")[0].TrimEnd());
        Assert.Equal(
            "{\"time\":0,\"name\":\"web\",\"event\":\"crashed\",\"why\":\"division by zero\"}",
            Run(monitor, "events 1 -j")[0]);
    }

    [Fact]
    public void Hopping_ShowsNothingTwice_AndNothingIsMissed()
    {
        var web = new FakeGuest("web");
        var db = new FakeGuest("db");
        var monitor = new Monitor(_host, [web, db], _sink);
        monitor.Begin(attach: -1);
        web.Say("one\r\n");
        Type(monitor, "attach web\r");
        Drain(monitor);
        Type(monitor, "\u001dattach db\r");
        Drain(monitor);
        web.Say("two\r\n");
        _ = _sink.Take();
        Type(monitor, "\u001dattach web\r");
        Drain(monitor);
        Assert.EndsWith("[web: attached, Ctrl-] returns to the monitor]\r\ntwo\r\n", _sink.Take());
    }

    [Fact]
    public void Top_IsDrawnEachSecond_UntilAKey()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Type(monitor, "top\r");
        Assert.Equal(TopView.Period, _host.Alarm);
        _host.Time = TopView.Period - 1;
        Assert.False(monitor.Poll());
        Assert.Equal(1UL, guest.Looks);
        Log.Host($"waits for the prompt");
        Assert.False(monitor.Poll());
        _ = _sink.Take();
        for (ulong second = 1; second < 4; second++)
        {
            _host.Time = second * TopView.Period;
            Assert.False(monitor.Poll());
            string[] shown = _sink.Take().Replace("\u001b[H\u001b[J", "").Split("\r\n");
            Assert.Equal(["NAME  LOOKS", $"web   {second + 1}"], shown[1..3].Select(static line => line.TrimEnd()));
        }

        Type(monitor, "\u001b[A");
        Assert.Equal(["waits for the prompt", "hv> "], _sink.TakeScreen());
        Type(monitor, "x");
        Assert.Equal("x", _sink.Take());
    }

    [Fact]
    public void TopForScripts_IsOneSetOfRecords()
    {
        Monitor monitor = AtPrompt(out _);
        Type(monitor, "top -j\r");
        _ = _sink.Take();
        Assert.False(monitor.Poll());
        _host.Time = TopView.Period;
        _ = monitor.Poll();
        Assert.Equal(["{\"name\":\"web\",\"looks\":2}", "hv> "], _sink.TakeScreen());
    }

    [Fact]
    public void Top_MakesWayForTheEndOfTheHost()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Type(monitor, "top\r");
        guest.Running = false;
        Log.Host($"web: stopped");
        _host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["poweroff"], _host.Asked);
        Assert.Contains("web: stopped", _sink.Take());
    }

    [Fact]
    public void Watch_MixesWholeLines_WithNames()
    {
        Monitor monitor = Watching("watch\r", out FakeGuest web, out FakeGuest db);
        web.Say("one\r\ntw");
        db.Say("\u001b[31mred\r\n");
        Drain(monitor);
        web.Say("o\r\n");
        Log.Host($"a line of the host");
        Drain(monitor);
        Assert.Equal(["[web] one", "[db] red", "[host] a line of the host", "[web] two", ""], _sink.TakeScreen());
        Type(monitor, "x\r\u001d");
        Assert.Equal(["hv> "], _sink.TakeScreen());
        Assert.Empty(web.Hear());
        Type(monitor, "attach web\r");
        Drain(monitor);
        Assert.EndsWith("monitor]\r\n", _sink.Take());
    }

    [Fact]
    public void Watch_ShowsALineWithoutEnd_OnceItIsQuiet()
    {
        Monitor monitor = Watching("watch web db\r", out FakeGuest web, out FakeGuest db);
        web.Say("login: ");
        Drain(monitor);
        Assert.Equal("", _sink.Take());
        Assert.Equal(WatchView.Patience, _host.Alarm);
        _host.Time = WatchView.Patience;
        Drain(monitor);
        Assert.Equal(["[web] login: "], _sink.TakeScreen());
        web.Say("root");
        Drain(monitor);
        Assert.Equal("root", _sink.Take());
        db.Say("a line\r\n");
        web.Say("\r\n");
        Drain(monitor);
        Assert.Equal(["", "[db] a line", ""], _sink.TakeScreen());
    }

    [Fact]
    public void Watch_IsOfThoseThatAreNamed_AndSaysWhatWasNotKept()
    {
        Monitor monitor = Watching("watch db -j\r", out FakeGuest web, out FakeGuest db);
        web.Say("not shown\r\n");
        db.Say(new string('x', GuestConsole.KeptBytes) + "\r\n");
        Drain(monitor);
        string[] lines = _sink.TakeScreen();
        Assert.Equal("{\"name\":\"db\",\"lost\":2}", lines[0]);
        Assert.StartsWith("{\"name\":\"db\",\"text\":\"xxx", lines[1]);
        Assert.DoesNotContain(lines, static line => line.Contains("not shown"));
        Assert.Equal(2, db.Terminal.Dropped);
        Assert.Equal(["no VM is called 'c'; 'vms' lists them", "hv> "], Run(monitor, "\u001dwatch c")[^2..]);
    }

    [Fact]
    public void Watch_ForScripts_KeepsTabs()
    {
        Monitor monitor = Watching("watch -j\r", out FakeGuest web, out _);
        web.Say("one\ttwo\r\n");
        Drain(monitor);
        Assert.Equal("{\"name\":\"web\",\"text\":\"one\\ttwo\"}", _sink.TakeScreen()[0]);
    }

    [Fact]
    public void SeveralVms_AreWatchedWhereNobodyTypes()
    {
        var web = new FakeGuest("web");
        var monitor = new Monitor(_host, [web, new FakeGuest("db")], _sink);
        web.Say("hello\r\n");
        monitor.Begin(attach: 0, watchAll: true);
        Drain(monitor);
        Assert.EndsWith("[web] hello\r\n", _sink.Take());
    }

    [Fact]
    public void Vms_IsATable_AndInfoAList()
    {
        Monitor monitor = AtPrompt(out _);
        Assert.Equal(["NAME        STATE     MEMORY", "web         running   256 MiB", "hv> "], Run(monitor, "vms"));
        Assert.Equal(["  name                   web", "  uptime                 12.034 s", "hv> "],
            Run(monitor, "info"));
    }

    [Fact]
    public void ALongName_HasRoomInEveryTable()
    {
        const string Name = "a-name-of-thirty-two-characters.";
        var monitor = new Monitor(_host, [new FakeGuest("web"), new FakeGuest(Name)], _sink);
        monitor.Begin(attach: -1);
        string[] names = ["NAME", "web", Name];
        string[] states = ["STATE", "running", "running"];
        Assert.Equal(
            names.Zip(states, static (name, state) => $"{name,-33}{state}"),
            Run(monitor, "vms")[..3].Select(static line => line[..(33 + line[33..].IndexOf(' '))]));

        _host.History.Add(Name, "crashed", "");
        _host.History.Add("web", "crashed", "");
        Assert.Equal(
            [$"0.000 s         {Name} crashed", $"0.000 s         {"web",-33}crashed", "hv>"],
            Run(monitor, "events").Select(static line => line.TrimEnd()));

        Type(monitor, "top\r");
        _ = _sink.Take();
        _host.Time = TopView.Period;
        _ = monitor.Poll();
        Assert.Equal(
            [$"{"NAME",-33}LOOKS", $"{"web",-33}2", $"{Name} 2"],
            _sink.Take().Split("\r\n")[1..4].Select(static line => line.TrimEnd()));
    }

    [Fact]
    public void Help_NamesEveryCommandOfTheDesign()
    {
        string help = string.Join('\n', Run(AtPrompt(out _), "help"));
        string[] names =
        [
            "help", "vms", "list", "attach", "watch", "top", "start", "stop", "restart", "pause", "resume", "create",
            "destroy", "info", "stats", "events", "log", "mem", "poweroff", "reboot",
        ];
        foreach (string name in names)
        {
            Assert.Contains($"\n  {name} ", "\n" + help);
        }
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("reboot")]
    public void EndOfTheHost_WaitsForTheGuests(string command)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Assert.Equal(["waiting for web", "hv> "], Run(monitor, command));
        Drain(monitor);
        Assert.Empty(_host.Asked);
        Assert.Equal(["stop"], guest.Asked);
        guest.Running = false;
        Drain(monitor);
        Assert.Equal([command], _host.Asked);
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("reboot")]
    public void EndOfTheHost_StopsWhatIsBuiltOrEndsOrWaitsToBeStartedAgain(string command)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = false;
        guest.Changing = true;
        Assert.Equal(["waiting for web", "hv> "], Run(monitor, command));
        Assert.Equal(["stop"], guest.Asked);
        Drain(monitor);
        Assert.Empty(_host.Asked);
        guest.Changing = false;
        Drain(monitor);
        Assert.Equal([command], _host.Asked);
    }

    [Fact]
    public void WhatAPersonWantsOfTheHost_GoesBeforeWhatTheConfigurationWants()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        _ = Run(monitor, "reboot");
        guest.Running = false;
        _host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["reboot"], _host.Asked);
    }

    [Fact]
    public void AStop_EndsTheWaitForAStart()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = false;
        guest.Changing = true;
        Assert.Equal(["hv> "], Run(monitor, "stop web"));
        Assert.Equal(["stop"], guest.Asked);
    }

    [Fact]
    public void EndOfTheHost_ByForceWaitsForNobody()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        _ = Run(monitor, "poweroff force");
        Assert.Equal(["poweroff"], _host.Asked);
        Assert.Empty(guest.Asked);
    }

    [Fact]
    public void EndThatTheHypervisorWants_ComesAfterWhatLedToIt()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("last words");
        guest.Running = false;
        Log.Host($"web: cannot start: no kernel");
        _host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["poweroff"], _host.Asked);
        int flushed = _sink.Flushed;
        string shown = _sink.Take();
        Assert.Contains("web: cannot start: no kernel", shown[..flushed]);
        Assert.Contains("last words", shown[..flushed]);
    }

    [Fact]
    public void LinesOfTheLog_AppearAboveWhatIsTyped()
    {
        Monitor monitor = AtPrompt(out _);
        Type(monitor, "att");
        Log.Host($"a new line: {42}");
        Drain(monitor);
        Assert.Equal(["a new line: 42", "hv> att"], _sink.TakeScreen());
        Assert.Contains("a new line: 42", Run(monitor, "\u0015log 5"));
        Assert.Contains(Run(monitor, "log 5 -j"), static line => line.EndsWith("\"text\":\"a new line: 42\"}"));
    }

    [Fact]
    public void LinesOfTheLog_ComeBetweenWhatAGuestSays_ButThoseOfGuests()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("login: ");
        Drain(monitor);
        Log.Host($"vm web crashed");
        Log.Guest($"a guest did something");
        Drain(monitor);
        guest.Say("again\r\n");
        Drain(monitor);
        Assert.Equal(["login:", "[host] vm web crashed", "again", ""], _sink.TakeScreen()[^4..]);
    }

    [Fact]
    public void Errors_AreShownLineByLine()
    {
        Monitor monitor = Create("web", out _);
        monitor.Show(Encoding.UTF8.GetBytes("hypervisor.toml:7: one\nhypervisor.toml:9: two\n"));
        Assert.Equal("hypervisor.toml:7: one\r\nhypervisor.toml:9: two\r\n", _sink.Take());
    }

    [Fact]
    public void NoVmAtAll_IsSaid()
    {
        var monitor = new Monitor(_host, [], _sink);
        monitor.Begin(attach: -1);
        _ = _sink.Take();
        Assert.Equal(["there is no VM", "hv> "], Run(monitor, "vms"));
        Assert.Equal(["there is no VM", "hv> "], Run(monitor, "attach"));
    }

    [Fact]
    public void RandomBytes_NeverHurt_AndNothingIsAllocated()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var monitor = new Monitor(_host, [new FakeGuest("a"), new FakeGuest("ab")], _sink);
        monitor.Begin(attach: -1);
        byte[] likely = "\r\t \u001b[ABCDO~\b\u0001\u0005\u000b\u0015\u0017helpvmsattachinfolog 139-j"u8.ToArray();
        for (int i = 0; i < 20_000; i++)
        {
            Step(monitor, random, likely);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20_000; i++)
        {
            Step(monitor, random, likely);
        }

        // The fake host and guests write down what they are asked; the console itself allocates nothing.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    private void Step(Monitor monitor, Random random, byte[] likely)
    {
        monitor.Receive(random.Next(8) == 0 ? (byte)random.Next(256) : likely[random.Next(likely.Length)]);
        _ = monitor.Poll();
    }

    private Monitor Create(string name, out FakeGuest guest)
    {
        guest = new FakeGuest(name);
        return new Monitor(_host, [guest], _sink);
    }

    /// <summary>Two VMs, and a command that watches them.</summary>
    private Monitor Watching(string command, out FakeGuest web, out FakeGuest db)
    {
        web = new FakeGuest("web");
        db = new FakeGuest("db");
        var monitor = new Monitor(_host, [web, db], _sink);
        monitor.Begin(attach: -1);
        Type(monitor, command);
        _ = _sink.Take();
        return monitor;
    }

    private Monitor AtPrompt(out FakeGuest guest)
    {
        Monitor monitor = Create("web", out guest);
        monitor.Begin(attach: -1);
        _ = _sink.Take();
        return monitor;
    }

    /// <summary>What the screen shows below a line that was entered.</summary>
    private string[] Run(Monitor monitor, string line)
    {
        _ = _sink.Take();
        Type(monitor, line + "\r");
        return _sink.TakeScreen().Skip(1).ToArray();
    }

    private static void Type(Monitor monitor, string text)
    {
        foreach (char each in text)
        {
            monitor.Receive((byte)each);
        }
    }

    private static void Drain(Monitor monitor)
    {
        while (monitor.Poll())
        {
        }
    }
}
