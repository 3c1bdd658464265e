// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>Several VMs beside each other: their consoles, their lives, and the memory that comes back.</summary>
internal static class SeveralRuns
{
    private const string TinyPrompt = "^tiny> ";
    private const int Rounds = 100;
    private const int SoakRounds = 10_000;

    private static readonly string[] s_names = ["one", "two", "three"];

    public static readonly Run[] All =
    [
        new Run
        {
            Name = "several-linux",
            Part = Part.Emulator,
            Config = "[host]\non_all_stopped = \"poweroff\"\n\n" + ConfigOf(s_names),
            Files = LinuxGuest.Files,
            Script = Hop,
            TimeLimit = 300,
        },
        Example("several-example", Examples) with { TimeLimit = 300 },
        Tiny("several-pause", Pause) with { Flavour = "checked" },
        Tiny("several-pause-bochs-vmx", Pause) with { Machine = "bochs-vmx", Cpus = 2, TimeLimit = 400 },
        LinuxRuns.Linux("pause-linux", "cloud", PauseLinux),
        Tiny("several-watch", Watch),
        Tiny("several-delay", Delay) with
        {
            Config = TinyConfig("a", "") + TinyConfig("b", "start_delay = 2") + TinyConfig("c", "start_delay = 3"),
        },
        Tiny("several-life-and-death", static console => LiveAndDie(console, Rounds)) with { Flavour = "checked" },
        Tiny("soak-life-and-death", static console => LiveAndDie(console, SoakRounds)) with
        {
            Part = Part.Soak,
            TimeLimit = 7200,
        },
    ];

    private static Run Example(string name, Action<RunConsole> script) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "examples", "three.toml")),
        Files = new Dictionary<string, string>(LinuxGuest.Files) { ["tiny"] = TinyFile() },
        Script = script,
    };

    private static Run Tiny(string name, Action<RunConsole> script) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = TinyConfig("a", "") + TinyConfig("b", "autostart = false"),
        Files = new Dictionary<string, string> { ["tiny"] = TinyFile() },
        Script = script,
        TimeLimit = 120,
    };

    private static string TinyFile() => Path.Combine(RepositoryPaths.Root, "examples", "guests", "tiny");

    private static string TinyConfig(string name, string extra) => $"""
        [[vm]]
        name   = "{name}"
        memory = "4M"
        kernel = "tiny"
        {extra}


        """;

    private static string ConfigOf(string[] names)
    {
        string text = "";
        foreach (string name in names)
        {
            text += LinuxGuest.Config("192M").Replace("\"linux\"", $"\"{name}\"", StringComparison.Ordinal) + "\n";
        }

        return text;
    }

    /// <summary>Three Linux on one processor reach their shells; with the last one the host goes down.</summary>
    private static void Hop(RunConsole console)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        foreach (string name in s_names)
        {
            console.Type($"attach {name}");
            LinuxGuest.ReachShell(console);
            console.Type($"hostname {name}");
            _ = console.Expect(LinuxGuest.Prompt, 20);
            LinuxGuest.ToMonitor(console);
        }

        foreach (string name in s_names)
        {
            console.Type("list");
            _ = console.Expect($"^{name} +running ", 20);
            _ = console.Expect(LinuxGuest.Monitor, 20);
            console.Type($"attach {name}");
            console.Type("echo this is $(hostname)");
            _ = console.Expect($"^this is {name}$", 30);
            console.Type("poweroff");
            if (name != s_names[^1])
            {
                _ = console.Expect($"{name}: stopped", 90);
                _ = console.Expect(LinuxGuest.Monitor, 20);
            }
        }

        console.ExpectPowerOff(90);
        console.ExpectNever("Kernel panic|PANIC|Call Trace");
    }

    /// <summary>What the README shows.</summary>
    private static void Examples(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        LinuxGuest.ToMonitor(console);
        console.Type("attach two");
        LinuxGuest.ReachShell(console);
        LinuxGuest.ToMonitor(console);
        console.Type("attach tiny");
        console.Type("");
        _ = console.Expect(TinyPrompt, 30);
        LinuxGuest.ToMonitor(console);
        console.Type("attach one");
        console.Type("poweroff");
        _ = console.Expect("^\\[one: stopped\\]", 60);
        _ = console.Expect(LinuxGuest.Monitor, 20);
        console.Type("top -j");
        _ = console.Expect("^\\{\"name\":\"tiny\",\"state\":\"running\",\"cpu%\":\\d+\\.\\d,\"exits/s\":\\d+", 20);
        console.Type("poweroff");
        console.ExpectPowerOff(90);
    }

    /// <summary>
    /// A VM that stands still says nothing, and its time has stood still; one that is created has not begun.
    /// </summary>
    private static void Pause(RunConsole console)
    {
        _ = console.Expect("a: started");
        console.Type("pause a");
        _ = console.Expect("a: paused", 20);
        console.Type("attach a");
        console.Type("");
        System.Threading.Thread.Sleep(TimeSpan.FromSeconds(15));
        console.ExpectNever("up for 20 s");
        LinuxGuest.ToMonitor(console);
        console.Type("list");
        _ = console.Expect("^a +paused ", 20);
        console.Type("resume a");
        _ = console.Expect("a: resumed", 20);
        console.Type("attach a");
        _ = console.Expect(TinyPrompt, 20);
        _ = console.Expect("^tiny: up for \\d+ s$", 30);
        LinuxGuest.ToMonitor(console);

        console.Type("create b");
        _ = console.Expect("b: waits for its start", 20);
        console.Type("list");
        _ = console.Expect("^b +created ", 20);
        console.Type("start b");
        _ = console.Expect("b: started", 20);
        console.Type("attach b");
        _ = console.Expect(TinyPrompt, 30);
        LinuxGuest.ToMonitor(console);

        console.Type("pause b");
        _ = console.Expect("b: paused", 20);
        console.Type("stop b");
        _ = console.Expect("b: stopped", 20);
        console.Type("events");
        string[] lines = ["a +paused", "a +resumed", "b +created", "b +paused", "b +stopped +it switched"];
        foreach (string line in lines)
        {
            _ = console.Expect($@"^\d+\.\d+ s +{line}", 10);
        }

        console.Type("pause a");
        console.Type("destroy a");
        _ = console.Expect("a: stopped", 20);
        console.Type("list");
        _ = console.Expect("^a +stopped +1 +4 MiB +0 +0 *$", 20);
        console.Type("poweroff");
        console.ExpectPowerOff();
        console.ExpectNever("PANIC|a fault in");
    }

    /// <summary>A pause of many seconds is none for the guest: its clock and timers go on where they were.</summary>
    private static void PauseLinux(RunConsole console)
    {
        const int PauseSeconds = 20;
        LinuxGuest.ReachShell(console);
        double before = Uptime(console);
        LinuxGuest.ToMonitor(console);
        console.Type("pause linux");
        _ = console.Expect("linux: paused", 20);
        System.Threading.Thread.Sleep(TimeSpan.FromSeconds(PauseSeconds));
        console.Type("resume linux");
        _ = console.Expect("linux: resumed", 20);
        console.Type("attach linux");
        double after = Uptime(console);
        _ = console.Report.Append(CultureInfo.InvariantCulture, $"      {after - before:F2} s passed for the guest\n");
        if (after < before || after - before > PauseSeconds / 2)
        {
            throw new RunFailure($"{after - before:F2} s have passed for the guest");
        }

        console.Type("sleep 1 && echo slept");
        _ = console.Expect("^slept$", 30);
        console.Type("dmesg | grep -ci unstable");
        _ = console.Expect("^0$", 20);
        console.ExpectNever("Kernel panic|Call Trace|rcu.*stall");
        LinuxGuest.SwitchOff(console);
    }

    private static double Uptime(RunConsole console)
    {
        console.Type("cat /proc/uptime");
        string found = console.Expect(@"^(\d+\.\d+) ", 20).Groups[1].Value;
        return double.Parse(found, CultureInfo.InvariantCulture);
    }

    /// <summary>What two guests say comes with their names, a prompt without an end too.</summary>
    private static void Watch(RunConsole console)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("start b");
        console.Type("watch a b");
        ExpectFromBoth(console, "tiny: a guest without");
        ExpectFromBoth(console, "tiny> ");
        ExpectFromBoth(console, "tiny: up for 10 s$");
        LinuxGuest.ToMonitor(console);
        console.Type("watch -j b");
        _ = console.Expect("^\\{\"name\":\"b\",\"text\":\"tiny: up for \\d+ s\"\\}$", 40);
        LinuxGuest.ToMonitor(console);
        console.Type("top");
        _ = console.Expect(@"^NAME +STATE +CPU% ", 20);
        _ = console.Expect(@"^b +running +\d+\.\d ", 20);
        LinuxGuest.ToMonitor(console);
        console.Type("poweroff");
        console.ExpectPowerOff();
    }

    /// <summary>Both guests say so, whichever is the first.</summary>
    private static void ExpectFromBoth(RunConsole console, string text)
    {
        string first = console.Expect($@"^\[([ab])\] {text}", 40).Groups[1].Value;
        _ = console.Expect($@"^\[{(first == "a" ? "b" : "a")}\] {text}", 40);
    }

    /// <summary>They start in the file's order, each so many seconds after the one before.</summary>
    private static void Delay(RunConsole console)
    {
        _ = console.Expect("a: started");
        _ = console.Expect("b: started", 30);
        _ = console.Expect("c: started", 30);
        console.Type("events -j");
        double second = SecondsOf(console, "b", "waits");
        double third = SecondsOf(console, "c", "waits");
        second = SecondsOf(console, "b", "started") - second;
        third = SecondsOf(console, "c", "started") - third;
        _ = console.Report.Append(CultureInfo.InvariantCulture, $"      b waited {second:F3} s, c {third:F3} s\n");
        if (second is < 2 or > 4 || third is < 5 or > 9)
        {
            throw new RunFailure("the delays are not kept");
        }
    }

    private static double SecondsOf(RunConsole console, string name, string what)
    {
        Match line = console.Expect($"\"time\":(\\d+),\"name\":\"{name}\",\"event\":\"{what}\"", 20);
        return double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) / 1e9;
    }

    /// <summary>A VM is created, started and destroyed, again and again: no counter of the host's has moved.</summary>
    private static void LiveAndDie(RunConsole console, int rounds)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        Round(console);
        string before = Counters(console);
        for (int round = 0; round < rounds; round++)
        {
            Round(console);
        }

        string after = Counters(console);
        if (after != before)
        {
            throw new RunFailure($"the counters were\n{before}\nand are after {rounds} rounds\n{after}");
        }

        _ = console.Report.Append(CultureInfo.InvariantCulture, $"      {rounds} rounds: {after}\n");
        console.Type("poweroff");
        console.ExpectPowerOff();
        console.ExpectNever("PANIC|a fault in|frames were taken back");
    }

    private static void Round(RunConsole console)
    {
        console.Type("create b");
        _ = console.Expect("b: waits for its start", 30);
        console.Type("start b");
        _ = console.Expect("b: started", 30);
        console.Type("destroy b");
        _ = console.Expect("b: stopped", 30);
    }

    /// <summary>Everything that a VM takes, as records, once the host has come to rest.</summary>
    private static string Counters(RunConsole console)
    {
        // One block at a time is in the zeroing task's hands until its stock is full.
        string last;
        string now = "";
        do
        {
            last = now;
            now = CountersNow(console);
        }
        while (now != last);

        return now;
    }

    private static string CountersNow(RunConsole console)
    {
        console.Type("mem -j");
        string memory = console.Expect("^\\{\"free\".*\\}$", 20).Value;
        console.Type("stats host -j");
        string host = console.Expect("\"faults contained\".*\\}$", 20).Value;
        return memory.TrimEnd() + host.TrimEnd();
    }
}
