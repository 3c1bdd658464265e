// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Three Linux with four vCPUs each on four processors: what happens to one of them the others do not notice. Each
/// counts its heartbeats, one a second, and prints its time with them.
/// </summary>
internal static class RoomRuns
{
    private const int BeatsBetween = 3;

    /// <summary>Seconds between two beats of a VM that nothing happens to; the emulator may be held up.</summary>
    private const double LongestPause = 5;

    /// <summary>RDTSCs that leave the guest until the fault: some while after it has booted.</summary>
    private const int FaultingPass = 60_000;

    private static readonly string[] s_names = ["one", "two", "three"];

    public static readonly Run[] All =
    [
        Rooms("rooms-svm"),
        Rooms("rooms-bochs-vmx") with
        {
            Machine = "bochs-vmx",
            CpuModel = "broadwell_ult",
            NeedsCorrectedBochs = true,
            TimeLimit = 1200,
        },
    ];

    private static Run Rooms(string name) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Cpus = 4,
        Config = Machines(),
        Files = LinuxGuest.Files,
        Flavour = "checked",
        Options =
        [
            $"inject-site={(int)FaultSite.FirstExit + (int)ExitKind.TimestampCounter}",
            $"inject-fault={(int)InjectedFault.Null}",
            $"inject-pass={FaultingPass}",
        ],
        Script = LiveBesideEachOther,
        TimeLimit = 800,
    };

    /// <summary>Only the second one's RDTSC leaves the guest: the fault is in a handler that serves it alone.</summary>
    private static string Machines()
    {
        string text = "";
        foreach (string name in s_names)
        {
            string extra = "cpus = 4\non_crash = \"restart\"" + (name == "two" ? "\ntsc_khz = 1_000_000" : "");
            string config = LinuxGuest.Config("192M", extra, "console=ttyS0 panic=1 heartbeat=1");
            text += config.Replace("\"linux\"", $"\"{name}\"", StringComparison.Ordinal) + "\n";
        }

        return text;
    }

    private static void LiveBesideEachOther(RunConsole console)
    {
        _ = console.Expect("virtualization: .* on 4 of 4 processors");
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("watch one two three");
        _ = console.Expect("vm two crashed: null reference");
        AllBeat(console);

        LinuxGuest.ToMonitor(console);
        console.Type("attach one");
        console.Type("");
        console.Type("echo c > /proc/sysrq-trigger");
        _ = console.Expect("Kernel panic", 60);
        LinuxGuest.ToMonitor(console);
        console.Type("watch one two three");
        AllBeat(console);

        LinuxGuest.ToMonitor(console);
        console.Type("destroy three");
        _ = console.Expect("three: stopped", 30);
        console.Type("start three");
        console.Type("watch one two three");
        AllBeat(console);

        LinuxGuest.ToMonitor(console);
        console.Type("poweroff");
        console.ExpectPowerOff(90);
        console.ExpectNever("PANIC");
        CheckBeats(console, "one", 2);
        CheckBeats(console, "three", 2);

        // The fault may have come before its first beat.
        CheckBeats(console, "two", 1);
    }

    /// <summary>All three are up, those that began anew too.</summary>
    private static void AllBeat(RunConsole console)
    {
        int[] seen = new int[s_names.Length];
        while (seen[0] < BeatsBetween || seen[1] < BeatsBetween || seen[2] < BeatsBetween)
        {
            string name = console.Expect(@"^\[(one|two|three)\] beat \d+ ").Groups[1].Value;
            seen[Array.IndexOf(s_names, name)]++;
        }
    }

    /// <summary>
    /// In so many lives at least, the second after what was done to it, its beats follow each other, and none is late.
    /// </summary>
    private static void CheckBeats(RunConsole console, string name, int leastLives)
    {
        int lives = 0;
        int last = 0;
        double lastTime = 0;
        double longest = 0;
        foreach (Match beat in Beats(console, name))
        {
            int number = int.Parse(beat.Groups[1].Value, CultureInfo.InvariantCulture);
            double time = double.Parse(beat.Groups[2].Value, CultureInfo.InvariantCulture);
            lives += number <= last || last == 0 ? 1 : 0;
            longest = number == last + 1 && last != 0 ? Math.Max(longest, time - lastTime) : longest;
            last = number;
            lastTime = time;
        }

        string found = string.Create(
            CultureInfo.InvariantCulture, $"{name}: {lives} lives, {longest:F2} s between two beats at most");
        _ = console.Report.Append("      ").Append(found).Append('\n');
        if (lives < leastLives || lives > 2 || longest > LongestPause * RunConsole.Patience)
        {
            throw new RunFailure(found);
        }
    }

    private static IEnumerable<Match> Beats(RunConsole console, string name) =>
        Regex.Matches(console.Text, $@"(?m)^\[{name}\] beat (\d+) at (\d+\.\d+)");
}
