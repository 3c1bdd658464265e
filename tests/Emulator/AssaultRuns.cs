// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Guests whose vCPUs all attack the hypervisor at the same time (AssaultTests), beside one that must not notice; what
/// they took is given back when they are gone. The two rows of every test run do a little of everything, the soak's do
/// each kind for itself.
/// </summary>
internal static class AssaultRuns
{
    private const string BochsVmx = "bochs-vmx";
    private const int Ends = 3;

    /// <summary>Milliseconds that the neighbour may have to wait for; the emulator may be held up.</summary>
    private const int LongestWait = 2000;

    private static readonly string[] s_kinds =
    [
        "Messages", "Starts", "Bases", "Wires", "Timers", "Pages", "Ports", "Privileged", "Output", "Rewriting", "All",
    ];

    /// <summary>What the host stops a VM for that its guest has brought about; all else is a fault of ours.</summary>
    private const string GuestsOwn = "the guest|an instruction|an interrupt|the processor";

    public static readonly Run[] All =
    [
        Assault("assault-svm", processors: 2, cpus: 4, "Messages seconds=600", "All seconds=3", "Ends seconds=10") with
        {
            Script = console => Beside(console, static console =>
            {
                Interfere(console, "first");
                Attack(console, "second");
                for (int round = 0; round < Ends; round++)
                {
                    Attack(console, "third");
                }
            }),
        },
        OnBochs(Assault("assault-bochs-vmx", processors: 2, cpus: 2, "All seconds=1", "Ends seconds=10")),
        .. s_kinds.Select(static kind => Soak(kind, "svm", 4)),
        .. s_kinds.Select(static kind => OnBochs(Soak(kind, "bochs-vmx", 1))),
        .. s_kinds.Select(static kind => OnBochs(Soak(kind, "bochs-vmx-no-virtual-apic", 1)) with
        {
            Options = [BochsRuns.NoVirtualApic],
        }),
    ];

    private static Run Soak(string kind, string where, int seconds) =>
        Assault($"assault-{kind.ToLowerInvariant()}-{where}", 2, 2, $"{kind} seconds={seconds}") with
        {
            Part = Part.Soak,
        };

    private static Run OnBochs(Run run) => run with { Machine = BochsVmx, TimeLimit = 300 };

    private static Run Assault(string name, int processors, int cpus, params string[] attacks)
    {
        string[] names = ["first", "second", "third"];
        string config = "[host]\nshare_cores = true\n" + GuestRuns.Section("beside", "18M", "Assault.Neighbour");
        for (int index = 0; index < attacks.Length; index++)
        {
            config += GuestRuns.Section(names[index], "24M", $"Assault.{attacks[index]} cpus={cpus}")
                + $"cpus = {cpus}\nautostart = false\n";
        }

        return new Run
        {
            Name = name,
            Part = Part.Emulator,
            Cpus = processors,
            Config = config,
            Files = GuestRuns.FilesOf("checked"),
            Flavour = "checked",
            Script = console => Beside(console, console =>
            {
                foreach (string attacker in names.Take(attacks.Length))
                {
                    Attack(console, attacker);
                }
            }),
            TimeLimit = 120,
        };
    }

    /// <summary>The neighbour lives before, meanwhile and after; the memory is what it was.</summary>
    private static void Beside(RunConsole console, Action<RunConsole> attack)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("watch beside");
        _ = console.Expect(@"^\[beside\] beat 1 ");
        LinuxGuest.ToMonitor(console);
        string before = Memory(console);
        attack(console);
        string after = Memory(console);
        console.ExpectNever($"PANIC|MEMORY CHANGED|a fault in|crashed: (?!{GuestsOwn})");
        if (after != before)
        {
            throw new RunFailure($"the memory was\n{before}\nand is after the attacks\n{after}");
        }

        int longest = Regex.Matches(console.Text, @"(?m)^\[beside\] beat \d+ longest (\d+) ms")
            .Max(static beat => int.Parse(beat.Groups[1].Value, CultureInfo.InvariantCulture));
        console.Budget("the neighbour waited at most, ms", longest, LongestWait * RunConsole.Patience);
        console.Type("poweroff");
        console.ExpectPowerOff(60);
    }

    /// <summary>
    /// Until the attacker has had enough, is reset once too often, or is stopped by the host. That may be said before
    /// its first words.
    /// </summary>
    private static void Attack(RunConsole console, string name)
    {
        Start(console, name);
        string end = console.Expect($"(ASSAULT DONE .*|vm {name} crashed: .*|{name}: starts again.*|{name}: stopped)$")
            .Value;
        _ = console.Report.Append("      ").Append(end.Trim()).Append('\n');
        NeighbourBeats(console);
        if (!Regex.IsMatch(console.Text, FirstWords(name), RegexOptions.Multiline))
        {
            throw new RunFailure($"{name} has not attacked");
        }

        Destroy(console, name);
    }

    /// <summary>Whoever attacks is paused, goes on, and is started anew, like any other.</summary>
    private static void Interfere(RunConsole console, string name)
    {
        Start(console, name);
        _ = console.Expect(FirstWords(name), 30);
        LinuxGuest.ToMonitor(console);
        console.Type($"pause {name}");
        _ = console.Expect($"{name}: paused", 20);
        console.Type($"resume {name}");
        _ = console.Expect($"{name}: resumed", 20);
        console.Type($"restart {name}");
        console.Type($"watch beside {name}");
        _ = console.Expect(FirstWords(name), 30);
        NeighbourBeats(console);
        Destroy(console, name);
    }

    private static string FirstWords(string name) => $@"^\[{name}\].* ASSAULT \w+ on ";

    private static void Start(RunConsole console, string name)
    {
        console.Type($"start {name}");
        _ = console.Expect($"{name}: started", 30);
        console.Type($"watch beside {name}");
    }

    private static void NeighbourBeats(RunConsole console)
    {
        _ = console.Expect(@"^\[beside\] beat \d+ ", 30);
        LinuxGuest.ToMonitor(console);
    }

    private static void Destroy(RunConsole console, string name)
    {
        console.Type($"destroy {name}");
        _ = console.ExpectWhileTyping($"^{name} +stopped ", "list\r", TimeSpan.FromSeconds(1));
        _ = console.Expect(LinuxGuest.Monitor, 20);
    }

    /// <summary>
    /// Everything that a VM takes, once the host has come to rest. How much of what is free is zeroed already is the
    /// zeroing task's business.
    /// </summary>
    private static string Memory(RunConsole console)
    {
        Match? last;
        Match? now = null;
        do
        {
            last = now;
            console.Type("mem -j");
            now = console.Expect("^(\\{\"free\":\\d+),\"zeroed\":\\d+(,.*\\})$", 20);
        }
        while (now.Value != last?.Value);

        return now.Groups[1].Value + now.Groups[2].Value;
    }
}
