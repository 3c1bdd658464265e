// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Console;
using Hypervisor.Platform;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>The monitor with a guest attached.</summary>
[Collection("log")]
public sealed class MonitorAttachTests : MonitorTest
{
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
            Sink.TakeScreen());
        Type(monitor, "root\r");
        Assert.Equal("root\r", guest.Hear());
        Assert.Equal(5, guest.Inputs);
    }

    [Fact]
    public void WhatStandsStill_IsAttachedWithAWord()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        guest.Paused = true;
        monitor.Begin(attach: 0);
        Assert.Contains("[web: attached, but it is paused; Ctrl-] returns to the monitor]", Sink.TakeScreen());
    }

    [Fact]
    public void DetachKey_LeadsToThePrompt_AndNothingIsShownTwice()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("one\r\n");
        Drain(monitor);
        _ = Sink.Take();
        Type(monitor, "\u001d");
        Assert.Equal(["", "[web: detached]", "hv> "], Sink.TakeScreen());
        guest.Say("two\r\n");
        Drain(monitor);
        Assert.Equal("", Sink.Take());
        Type(monitor, "attach\r");
        Drain(monitor);
        Assert.Equal(["attach", "[web: attached, Ctrl-] returns to the monitor]", "two", ""], Sink.TakeScreen());
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
        modes.Take(Sink.Take());
        Assert.Equal(26, modes.Different.Count());
        guest.Running = byKey;
        Type(monitor, byKey ? "\u001d" : "");
        Drain(monitor);
        string shown = Sink.Take();
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
        string shown = Sink.Take();
        Assert.EndsWith("monitor]\r\nbefore it\r\n\u001b[31mnow", shown, StringComparison.Ordinal);

        // The last words of one that has ended: nothing of them is alive.
        Type(monitor, "\u001d");
        guest.Say("\u001b[6nthe end\u001b[");
        guest.Running = false;
        _ = Sink.Take();
        Type(monitor, "attach web\r");
        Drain(monitor);
        shown = Sink.Take();
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
        string shown = Sink.Take();
        var modes = new TerminalModes();
        modes.Take(shown[..shown.IndexOf("[host] ", StringComparison.Ordinal)]);
        Assert.Empty(modes.Different);
    }

    [Fact]
    public void GuestThatEnds_LeadsBackToThePrompt()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: 0);
        guest.Say("reboot: Power down\r\n");
        guest.Running = false;
        Drain(monitor);
        Assert.Equal(["reboot: Power down", "", "[web: stopped]", "hv> "], Sink.TakeScreen()[^4..]);
        Assert.Null(monitor.Attached);
    }

    [Fact]
    public void OneOfSeveralVms_IsAttachedWhereAsked()
    {
        var monitor = new Monitor(Host, [new FakeGuest("web"), new FakeGuest("db")], Sink);
        monitor.Begin(attach: 1);
        Assert.Equal("db", monitor.Attached?.Name);
    }

    [Fact]
    public void Hopping_ShowsNothingTwice_AndNothingIsMissed()
    {
        var web = new FakeGuest("web");
        var db = new FakeGuest("db");
        var monitor = new Monitor(Host, [web, db], Sink);
        monitor.Begin(attach: -1);
        web.Say("one\r\n");
        Type(monitor, "attach web\r");
        Drain(monitor);
        Type(monitor, "\u001dattach db\r");
        Drain(monitor);
        web.Say("two\r\n");
        _ = Sink.Take();
        Type(monitor, "\u001dattach web\r");
        Drain(monitor);
        Assert.EndsWith("[web: attached, Ctrl-] returns to the monitor]\r\ntwo\r\n", Sink.Take());
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
        Assert.Equal(["login:", "[host] vm web crashed", "again", ""], Sink.TakeScreen()[^4..]);
    }
}
