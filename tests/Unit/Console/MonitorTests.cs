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
public sealed class MonitorTests : MonitorTest
{
    [Fact]
    public void BytesThatAreNoLetters_AreNotSentToTheTerminal()
    {
        Monitor monitor = AtPrompt(out _);
        ReadOnlySpan<byte> text = "a\u001b[6nb\r\u0090"u8;
        Log.Host($"{text}");
        Drain(monitor);
        Assert.Contains("a?[6nb??", Sink.Take(), StringComparison.Ordinal);
        Assert.Contains(Run(monitor, "log 1"), static line => line.StartsWith("a?[6nb??", StringComparison.Ordinal));
        monitor.Show(text);
        Assert.Equal("a?[6nb???", Sink.Take());
    }

    [Fact]
    public void AnswersOfTheTerminal_AfterTheGuestIsGone_AreNoCommands()
    {
        Monitor monitor = AtPrompt(out _);
        Type(monitor, "\u001b[24;80R\u001b]lpoweroff\r\u001b\\\u001bP1$rpoweroff\r\u001b\\\r");
        Assert.Empty(Host.Asked);
        Assert.Equal(["", "hv> "], Sink.TakeScreen());
    }

    [Fact]
    public void SeveralVms_StartAtThePrompt()
    {
        var monitor = new Monitor(Host, [new FakeGuest("a"), new FakeGuest("b")], Sink);
        monitor.Begin(attach: -1);
        Assert.Equal("hv> ", Sink.TakeScreen()[^1]);
        Assert.Equal(["which VM? 'vms' lists them", "hv> "], Run(monitor, "stop"));
        Assert.Equal(["no VM is called 'c'; 'vms' lists them", "hv> "], Run(monitor, "stop c"));
    }

    [Fact]
    public void Top_IsDrawnEachSecond_UntilAKey()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Type(monitor, "top\r");
        Assert.Equal(TopView.Period, Host.Alarm);
        Host.Time = TopView.Period - 1;
        Assert.False(monitor.Poll());
        Assert.Equal(1UL, guest.Looks);
        Log.Host($"waits for the prompt");
        Assert.False(monitor.Poll());
        _ = Sink.Take();
        for (ulong second = 1; second < 4; second++)
        {
            Host.Time = second * TopView.Period;
            Assert.False(monitor.Poll());
            string[] shown = Sink.Take().Replace("\u001b[H\u001b[J", "").Split("\r\n");
            Assert.Equal(["NAME  LOOKS", $"web   {second + 1}"], shown[1..3].Select(static line => line.TrimEnd()));
        }

        Type(monitor, "\u001b[A");
        Assert.Equal(["waits for the prompt", "hv> "], Sink.TakeScreen());
        Type(monitor, "x");
        Assert.Equal("x", Sink.Take());
    }

    [Fact]
    public void TopForScripts_IsOneSetOfRecords()
    {
        Monitor monitor = AtPrompt(out _);
        Type(monitor, "top -j\r");
        _ = Sink.Take();
        Assert.False(monitor.Poll());
        Host.Time = TopView.Period;
        _ = monitor.Poll();
        Assert.Equal(["{\"name\":\"web\",\"looks\":2}", "hv> "], Sink.TakeScreen());
    }

    [Fact]
    public void Top_MakesWayForTheEndOfTheHost()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Type(monitor, "top\r");
        guest.Running = false;
        Log.Host($"web: stopped");
        Host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["poweroff"], Host.Asked);
        Assert.Contains("web: stopped", Sink.Take());
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
        Assert.Equal(["[web] one", "[db] red", "[host] a line of the host", "[web] two", ""], Sink.TakeScreen());
        Type(monitor, "x\r\u001d");
        Assert.Equal(["hv> "], Sink.TakeScreen());
        Assert.Empty(web.Hear());
        Type(monitor, "attach web\r");
        Drain(monitor);
        Assert.EndsWith("monitor]\r\n", Sink.Take());
    }

    [Fact]
    public void Watch_ShowsALineWithoutEnd_OnceItIsQuiet()
    {
        Monitor monitor = Watching("watch web db\r", out FakeGuest web, out FakeGuest db);
        web.Say("login: ");
        Drain(monitor);
        Assert.Equal("", Sink.Take());
        Assert.Equal(WatchView.Patience, Host.Alarm);
        Host.Time = WatchView.Patience;
        Drain(monitor);
        Assert.Equal(["[web] login: "], Sink.TakeScreen());
        web.Say("root");
        Drain(monitor);
        Assert.Equal("root", Sink.Take());
        db.Say("a line\r\n");
        web.Say("\r\n");
        Drain(monitor);
        Assert.Equal(["", "[db] a line", ""], Sink.TakeScreen());
    }

    [Fact]
    public void Watch_IsOfThoseThatAreNamed_AndSaysWhatWasNotKept()
    {
        Monitor monitor = Watching("watch db -j\r", out FakeGuest web, out FakeGuest db);
        web.Say("not shown\r\n");
        db.Say(new string('x', GuestConsole.KeptBytes) + "\r\n");
        Drain(monitor);
        string[] lines = Sink.TakeScreen();
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
        Assert.Equal("{\"name\":\"web\",\"text\":\"one\\ttwo\"}", Sink.TakeScreen()[0]);
    }

    [Fact]
    public void SeveralVms_AreWatchedWhereNobodyTypes()
    {
        var web = new FakeGuest("web");
        var monitor = new Monitor(Host, [web, new FakeGuest("db")], Sink);
        web.Say("hello\r\n");
        monitor.Begin(attach: 0, watchAll: true);
        Drain(monitor);
        Assert.EndsWith("[web] hello\r\n", Sink.Take());
    }

    [Theory]
    [InlineData("poweroff")]
    [InlineData("reboot")]
    public void EndOfTheHost_WaitsForTheGuests(string command)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        Assert.Equal(["waiting for web", "hv> "], Run(monitor, command));
        Drain(monitor);
        Assert.Empty(Host.Asked);
        Assert.Equal(["stop"], guest.Asked);
        guest.Running = false;
        Drain(monitor);
        Assert.Equal([command], Host.Asked);
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
        Assert.Empty(Host.Asked);
        guest.Changing = false;
        Drain(monitor);
        Assert.Equal([command], Host.Asked);
    }

    [Fact]
    public void WhatAPersonWantsOfTheHost_GoesBeforeWhatTheConfigurationWants()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        _ = Run(monitor, "reboot");
        guest.Running = false;
        Host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["reboot"], Host.Asked);
    }

    [Fact]
    public void EndOfTheHost_ByForceWaitsForNobody()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        _ = Run(monitor, "poweroff force");
        Assert.Equal(["poweroff"], Host.Asked);
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
        Host.End = PowerRequest.PowerOff;
        Drain(monitor);
        Assert.Equal(["poweroff"], Host.Asked);
        int flushed = Sink.Flushed;
        string shown = Sink.Take();
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
        Assert.Equal(["a new line: 42", "hv> att"], Sink.TakeScreen());
        Assert.Contains("a new line: 42", Run(monitor, "\u0015log 5"));
        Assert.Contains(Run(monitor, "log 5 -j"), static line => line.EndsWith("\"text\":\"a new line: 42\"}"));
    }

    [Fact]
    public void Errors_AreShownLineByLine()
    {
        Monitor monitor = Create("web", out _);
        monitor.Show(Encoding.UTF8.GetBytes("hypervisor.toml:7: one\nhypervisor.toml:9: two\n"));
        Assert.Equal("hypervisor.toml:7: one\r\nhypervisor.toml:9: two\r\n", Sink.Take());
    }

    [Fact]
    public void NoVmAtAll_IsSaid()
    {
        var monitor = new Monitor(Host, [], Sink);
        monitor.Begin(attach: -1);
        _ = Sink.Take();
        Assert.Equal(["there is no VM", "hv> "], Run(monitor, "vms"));
        Assert.Equal(["there is no VM", "hv> "], Run(monitor, "attach"));
    }

    [Fact]
    public void RandomBytes_NeverHurt_AndNothingIsAllocated()
    {
        const int Seed = 20261122;
        var random = new Random(Seed);
        var monitor = new Monitor(Host, [new FakeGuest("a"), new FakeGuest("ab")], Sink);
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

    /// <summary>Two VMs, and a command that watches them.</summary>
    private Monitor Watching(string command, out FakeGuest web, out FakeGuest db)
    {
        web = new FakeGuest("web");
        db = new FakeGuest("db");
        var monitor = new Monitor(Host, [web, db], Sink);
        monitor.Begin(attach: -1);
        Type(monitor, command);
        _ = Sink.Take();
        return monitor;
    }
}
