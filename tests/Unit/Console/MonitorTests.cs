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
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: true);
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
        shown = _sink.Take();
        Assert.Contains("monitor]\r\nthe end\u0018", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void TheHostsLineBesideAGuest_CannotBeHidden()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: false);
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
        monitor.Begin(attachSingle: true);
        guest.Say("reboot: Power down\r\n");
        guest.Running = false;
        Drain(monitor);
        Assert.Equal(["reboot: Power down", "", "[web: stopped]", "hv> "], _sink.TakeScreen()[^4..]);
        Assert.Null(monitor.Attached);
    }

    [Fact]
    public void SeveralVms_StartAtThePrompt()
    {
        var monitor = new Monitor(_host, [new FakeGuest("a"), new FakeGuest("b")], _sink);
        monitor.Begin(attachSingle: true);
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
    public void Vms_IsATable_AndInfoAList()
    {
        Monitor monitor = AtPrompt(out _);
        Assert.Equal(["NAME        STATE     MEMORY", "web         running   256 MiB", "hv> "], Run(monitor, "vms"));
        Assert.Equal(["  name                   web", "  uptime                 12.034 s", "hv> "],
            Run(monitor, "info"));
    }

    [Fact]
    public void Help_NamesEveryCommandOfTheDesign()
    {
        string help = string.Join('\n', Run(AtPrompt(out _), "help"));
        string[] names =
        [
            "help", "vms", "attach", "start", "stop", "restart", "info", "stats", "log", "mem", "poweroff", "reboot",
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
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: true);
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
        monitor.Begin(attachSingle: false);
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

    private Monitor AtPrompt(out FakeGuest guest)
    {
        Monitor monitor = Create("web", out guest);
        monitor.Begin(attachSingle: false);
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
