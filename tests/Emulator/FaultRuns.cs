// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Hypervisor.Platform;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Faults of every kind at every site that a guest of ours reaches, in a checked build: each stays inside, and no
/// counter of memory changes over a thousand of them.
/// </summary>
internal static class FaultRuns
{
    private const int Kinds = 10;
    private const int Rounds = 1000;

    /// <summary>Each site in several ways, with a lock held and without.</summary>
    private const int FewRounds = 160;
    private const int SoakRounds = 20_000;
    private const int BochsSoakRounds = 5000;

    /// <summary>
    /// Enough for Bochs, where at most 24 sites that serve a VM are reached, and 7 that take no VM's lock.
    /// </summary>
    private const int OnceEach = ((24 * 2) + 7) * Kinds;

    private const string Stuck = "stuck in code that cannot be left";
    private const string Qemu = "qemu-svm";
    private const string BochsVmx = "bochs-vmx";
    private const string BochsSvm = "bochs-svm";
    private const int BochsTime = 400;
    private const int Looks = 100;

    /// <summary>What serves no VM takes no VM's lock.</summary>
    private static readonly string[] s_withoutVmLock =
    [
        "alarm of a vCPU", "timer interrupt", "serial interrupt", "serial driver sending", "serial driver serving",
        "zeroing task", "console task",
    ];

    /// <summary>
    /// Somebody presses the Enter key so often: the serial port's interrupt must come from somewhere.
    /// </summary>
    private static readonly TimeSpan s_typing = TimeSpan.FromMilliseconds(25);

    public static readonly Run[] All =
    [
        Trials("faults-contained", Rounds, Qemu) with { TimeLimit = 600 },
        OnVmx(Trials("faults-bochs-vmx", OnceEach, BochsVmx)) with { NeedsCorrectedBochs = true },
        OnVmx(TrialsWithoutDelivery("faults-bochs-vmx-no-virtual-apic", OnceEach)),
        Soak(Trials("faults-bochs-svm", OnceEach, BochsSvm)),
        Together("faults-smp", FewRounds, Qemu, processors: 2, cpus: 2),
        Soak(Together("faults-smp-four", Rounds, Qemu, processors: 4, cpus: 4)),
        Soak(Together("faults-smp-elsewhere", Rounds, Qemu, processors: 3, cpus: 2, pin: "pin = [1, 2]") with
        {
            Parallel = true,
        }),
        Soak(Together("faults-smp-bochs-vmx", OnceEach, BochsVmx, processors: 2, cpus: 2)) with
        {
            NeedsCorrectedBochs = true,
        },
        Soak(Trials("soak-faults", SoakRounds, Qemu)),
        Soak(Trials("soak-faults-bochs-vmx", BochsSoakRounds, BochsVmx)) with { NeedsCorrectedBochs = true },
        Panic("panic-shared-lock", FaultSite.Port, InjectedFault.Index, "index out of range"),
        Panic("panic-shared-lock-exception", FaultSite.Port, InjectedFault.InvalidOpcode, "invalid opcode"),
        Panic("panic-shared-lock-stuck", FaultSite.Port, InjectedFault.Stuck, Stuck),
        Panic("panic-shared-lock-interrupt", FaultSite.TimerInterrupt, InjectedFault.Divide, "division by zero"),
        Panic("panic-shared-lock-task", FaultSite.Zeroing, InjectedFault.GeneralProtection, "general protection"),
        OnVmx(Panic("panic-shared-lock-bochs-vmx", FaultSite.Port, InjectedFault.Index, "index out of range")),
        OnVmx(Panic("panic-shared-lock-stuck-bochs-vmx", FaultSite.Port, InjectedFault.Stuck, Stuck)),
        ConsoleFault("console-fault"),
        OnVmx(ConsoleFault("console-fault-bochs-vmx")),
        Guest("console-stats-of-the-dying", "quick Provocation.Everything") with { Script = StatsOfTheDying },
    ];

    private static Run Trials(string name, int rounds, string machine) =>
        Guest(name, "quick Provocation.Everything", autostart: false) with
        {
            Machine = machine,
            Options = [$"inject={rounds}"],
            Script = console => AllContained(console, rounds, UnreachedExits.On(machine)),
        };

    private static Run TrialsWithoutDelivery(string name, int rounds) => Trials(name, rounds, BochsVmx) with
    {
        Options = [$"inject={rounds}", BochsRuns.NoVirtualApic],
        Script = console => AllContained(console, rounds, UnreachedExits.VmxWithoutDelivery),
    };

    /// <summary>
    /// The VM has several vCPUs on several processors, all in the same devices; a second VM, on the last processor,
    /// lives through all of it.
    /// </summary>
    private static Run Together(
        string name, int rounds, string machine, int processors, int cpus, string pin = "")
    {
        Run run = Trials(name, rounds, machine);
        string first = run.Config.Replace("Provocation.Everything", "Provocation.Together", StringComparison.Ordinal);
        return run with
        {
            Cpus = processors,
            Config = $"""
                [host]
                share_cores = true

                {first}
                cpus      = {cpus}
                {pin}

                {GuestRuns.Section("beside", "18M", "Provocation.Heartbeat")}
                pin       = [{processors - 1}]
                """,
            Script = console =>
            {
                AllContained(console, rounds, UnreachedExits.WithSiblings(machine));
                CheckPlaces(console, rounds, processors);
            },
            TimeLimit = 900,
        };
    }

    /// <summary>Every processor was struck, and waits for a faulted vCPU's locks were given up.</summary>
    private static void CheckPlaces(RunConsole console, int rounds, int processors)
    {
        MatchCollection places = Regex.Matches(
            console.Text, "^INJECT on processor [0-9]+: ([0-9]+)\r?$", RegexOptions.Multiline);
        int sum = places.Sum(static place => int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture));
        string gaveUp = Regex.Match(console.Text, "INJECT waits given up: ([0-9]+)").Groups[1].Value;
        _ = console.Report.Append("      ").AppendJoin("; ", places.Select(static place => place.Value[7..].Trim()))
            .Append($"; waits given up: {gaveUp}\n");
        if (places.Count != processors || sum != rounds || gaveUp is "" or "0")
        {
            throw new RunFailure($"faults on {places.Count} processors, {sum} in all; waits given up: '{gaveUp}'");
        }
    }

    private static Run Soak(Run run) => run with { Part = Part.Soak, TimeLimit = 7200 };

    private static Run OnVmx(Run run) => run with { Machine = BochsVmx, TimeLimit = BochsTime };

    private static Run ConsoleFault(string name) => Guest(name, "quick Console.Echo") with
    {
        Options = Inject(FaultSite.ConsoleCounters, InjectedFault.UnmappedAddress, HeldLock.None),
        Script = ConsoleFaultsAlone,
    };

    private static Run Panic(string name, FaultSite site, InjectedFault fault, string reason) =>
        Guest(name, "quick Provocation.Everything") with
        {
            Options = Inject(site, fault, HeldLock.Shared),
            Script = console =>
            {
                _ = console.Expect($"^PANIC: {reason}, with a shared lock held$");
                _ = console.Expect("^stack:$");
                console.ExpectHostFailure();
            },
        };

    private static string[] Inject(FaultSite site, InjectedFault fault, HeldLock held) =>
        ["inject-nmis", $"inject-site={(int)site}", $"inject-fault={(int)fault}", $"inject-lock={(int)held}"];

    private static Run Guest(string name, string tests, bool autostart = true) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = GuestRuns.Section("guests", "18M", tests) + (autostart ? "" : "autostart = false"),
        Files = GuestRuns.FilesOf("checked"),
        Flavour = "checked",
        Script = static _ => { },
        TimeLimit = 120,
    };

    /// <summary>
    /// The first look at the VM's counters faults: it costs the command, not the VM and not the console.
    /// </summary>
    private static void ConsoleFaultsAlone(RunConsole console)
    {
        ToMonitor(console, "LISTENING");
        console.Type("stats guests");
        _ = console.Expect("a fault in the console: access to an unmapped address", 20);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        console.Type("stats guests");
        _ = console.Expect(@"port access\s+\d+", 20);
        console.Type("vms");
        _ = console.Expect("^guests +running +1 +18 MiB +1 +0 *$", 20);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        console.Type("attach guests");
        console.Type("still there?");
        _ = console.Expect("^still there[?]", 20);
    }

    /// <summary>
    /// A VM ends and starts again all the time while its counters are shown: by itself, and started by somebody, so
    /// that it never has to wait.
    /// </summary>
    private static void StatsOfTheDying(RunConsole console)
    {
        ToMonitor(console, "^TESTS START$");
        for (int look = 0; look < Looks; look++)
        {
            console.Type("start guests");
            console.Type("stats guests");
            _ = console.Expect("allocations after start +0", 20);
        }

        console.Type("vms");
        Match line = console.Expect(@"^guests +[\w ]+? +1 +18 MiB +(\d+) +0 *$", 20);
        int starts = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
        console.ExpectNever("a fault in|PANIC");
        if (starts < Looks / 4)
        {
            throw new RunFailure($"the guest has started only {starts} times");
        }
    }

    private static void ToMonitor(RunConsole console, string whenSeen)
    {
        _ = console.Expect(whenSeen);
        console.Send("\x1d");
        _ = console.Expect(LinuxGuest.Monitor, 20);
    }

    private static void AllContained(RunConsole console, int rounds, string[] notReached)
    {
        Match end;
        do
        {
            end = console.ExpectWhileTyping(
                @"^(INJECT contained \d+ of|INJECT passed: (\d+) contained in \d+ ms$|PANIC: .+$)", "\r", s_typing);
        }
        while (end.Value.StartsWith("INJECT contained", StringComparison.Ordinal));

        if (end.Groups[2].Value != rounds.ToString(CultureInfo.InvariantCulture))
        {
            MatchCollection details = Regex.Matches(
                console.Text, @"^INJECT (failed|reported|changed)[^\r\n]*", RegexOptions.Multiline);
            throw new RunFailure($"{end.Value.Trim()}; {string.Join("; ", details)}");
        }

        console.ExpectPowerOff();
        string[] silent = [.. Lines(console.Text, ", not reached").Select(static line => line.Groups[1].Value)];
        if (!silent.SequenceEqual(notReached))
        {
            throw new RunFailure(
                $"not reached: {string.Join(", ", silent)}; expected: {string.Join(", ", notReached)}");
        }

        CheckCounts(console, rounds, rounds >= OnceEach);
    }

    /// <summary>
    /// Every kind at every site, with and without a lock where there can be one, or at least one of them; all together
    /// are the rounds.
    /// </summary>
    private static void CheckCounts(RunConsole console, int rounds, bool isComplete)
    {
        Match[] lines = [.. Lines(console.Text, ", (no lock|VM lock):((?: [0-9]+)+)")];
        int sum = 0;
        foreach (Match line in lines)
        {
            string[] words = line.Groups[3].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int[] counts = [.. words.Select(int.Parse)];
            sum += counts.Sum();
            bool isPossible = line.Groups[2].Value == "no lock" || !s_withoutVmLock.Contains(line.Groups[1].Value);
            bool isDone = isComplete ? counts.All(static count => count > 0) : counts.Sum() > 0;
            if (counts.Length != Kinds || isDone != isPossible || (!isPossible && counts.Sum() > 0))
            {
                throw new RunFailure($"'{line.Value}' does not have every kind");
            }

            _ = console.Report.Append("      ").Append(line.Value[12..]).Append('\n');
        }

        if (sum != rounds)
        {
            throw new RunFailure($"the table has {sum} trials of {rounds}");
        }
    }

    private static IEnumerable<Match> Lines(string text, string pattern) =>
        Regex.Matches(text, "^INJECT site ([^,\r\n]+)" + pattern + "\r?$", RegexOptions.Multiline);
}
