// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Console;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>The commands of the monitor.</summary>
[Collection("log")]
public sealed class MonitorCommandTests : MonitorTest
{
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
    public void AFaultInACommand_EndsThatCommandOnly()
    {
        Monitor monitor = Create("web", out FakeGuest guest);
        monitor.Begin(attach: -1);
        guest.Counting = static () => throw new InvalidOperationException();
        _ = Assert.Throws<InvalidOperationException>(() => Type(monitor, "stats web\r"));
        _ = Sink.Take();
        monitor.Recover();
        Assert.Equal(["", "hv> "], Sink.TakeScreen());
        guest.Counting = static () => { };
        Type(monitor, "stats web\r");
        Assert.Contains("exits", Sink.Take(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start", false, "start")]
    [InlineData("start web", false, "start")]
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
    [InlineData("stop")]
    [InlineData("stop web")]
    public void Stop_SaysThatTheButtonIsPressed(string line)
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = true;
        Assert.Equal(["web: power button pressed", "hv> "], Run(monitor, line));
        Assert.Equal(["stop"], guest.Asked);
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
        Host.History.Add("web", "crashed", "division by zero");
        Assert.Equal("0.000 s         web                 crashed             division by zero",
            Run(monitor, "events")[0].TrimEnd());
        Assert.Equal(
            "{\"time\":0,\"name\":\"web\",\"event\":\"crashed\",\"why\":\"division by zero\"}",
            Run(monitor, "events 1 -j")[0]);
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
        var monitor = new Monitor(Host, [new FakeGuest("web"), new FakeGuest(Name)], Sink);
        monitor.Begin(attach: -1);
        string[] names = ["NAME", "web", Name];
        string[] states = ["STATE", "running", "running"];
        Assert.Equal(
            names.Zip(states, static (name, state) => $"{name,-33}{state}"),
            Run(monitor, "vms")[..3].Select(static line => line[..(33 + line[33..].IndexOf(' '))]));

        Host.History.Add(Name, "crashed", "");
        Host.History.Add("web", "crashed", "");
        Assert.Equal(
            [$"0.000 s         {Name} crashed", $"0.000 s         {"web",-33}crashed", "hv>"],
            Run(monitor, "events").Select(static line => line.TrimEnd()));

        Type(monitor, "top\r");
        _ = Sink.Take();
        Host.Time = TopView.Period;
        _ = monitor.Poll();
        Assert.Equal(
            [$"{"NAME",-33}LOOKS", $"{"web",-33}2", $"{Name} 2"],
            Sink.Take().Split("\r\n")[1..4].Select(static line => line.TrimEnd()));
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

    [Fact]
    public void AStop_EndsTheWaitForAStart()
    {
        Monitor monitor = AtPrompt(out FakeGuest guest);
        guest.Running = false;
        guest.Changing = true;
        Assert.Equal(["hv> "], Run(monitor, "stop web"));
        Assert.Equal(["stop"], guest.Asked);
    }
}
