// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// A Linux with four vCPUs compresses and decompresses for minutes, beside a guest that crashes again and again; what
/// comes out is what went in.
/// </summary>
internal static class WorkRuns
{
    private const int Cpus = 4;
    private const int Seconds = 120;
    private const int LastNumber = 300_000;

    /// <summary>Crashes after which the guest is started by hand at once; the others have a loop's pauses.</summary>
    private const int FastCrashes = 40;

    private const string CrashReport = "vm crasher crashed: the guest executes where there is no memory";

    public static readonly Run[] All =
    [
        new Run
        {
            Name = "work-beside-a-crash-loop",
            Part = Part.Emulator,
            Cpus = Cpus,
            Config = LinuxGuest.Config("384M", $"cpus = {Cpus}").Replace("\"linux\"", "\"worker\"") + $"""


                {GuestRuns.Section("crasher", "64M", "Hostile.RunAway")}
                cpus      = 2
                autostart = false
                on_crash  = "restart"
                """,
            Files = new Dictionary<string, string>(LinuxGuest.Files)
            {
                [GuestRuns.Name] = GuestRuns.FileOf("release"),
            },
            Protocol = KernelProtocol.Pvh,
            Script = WorkAndCrash,
            TimeLimit = 500,
        },
    ];

    private static void WorkAndCrash(RunConsole console)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("attach worker");
        LinuxGuest.ReachShell(console);
        console.Type($"seq 1 {LastNumber} > data; end=$(($(cut -d. -f1 /proc/uptime) + {Seconds})); rounds=0");
        console.Type("while [ $(cut -d. -f1 /proc/uptime) -lt $end ]; do for cpu in 0 1 2 3; do"
            + " taskset -c $cpu sh -c 'gzip -c data | gunzip -c | sha256sum' >> sums$cpu & done; wait;"
            + " rounds=$((rounds + 1)); done; cat sums* | sort | uniq -c; echo rounds $rounds");
        LinuxGuest.ToMonitor(console);
        for (int crash = 0; crash < FastCrashes; crash++)
        {
            console.Type("start crasher");
            _ = console.Expect(CrashReport, 60);
        }

        console.Type("watch worker crasher");
        Match sum = console.Expect(@"^\[worker\] +(\d+) ([0-9a-f]{64})  -$");
        int rounds = int.Parse(console.Expect(@"^\[worker\] rounds (\d+)$").Groups[1].Value,
            CultureInfo.InvariantCulture);
        Check(console, sum, rounds);
        LinuxGuest.ToMonitor(console);
        console.Type("poweroff");
        console.ExpectPowerOff(90);
        console.ExpectNever("Kernel panic|PANIC|Call Trace");
    }

    /// <summary>One and the same sum for all, and the one that this computer finds.</summary>
    private static void Check(RunConsole console, Match sum, int rounds)
    {
        string data = string.Concat(Enumerable.Range(1, LastNumber).Select(
            static number => number.ToString(CultureInfo.InvariantCulture) + "\n"));
        string right = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(data)));
        int crashes = Regex.Count(console.Text, CrashReport);
        _ = console.Report.Append(CultureInfo.InvariantCulture,
            $"      {rounds} rounds on {Cpus} vCPUs in {Seconds} s, {crashes} crashes beside them\n");
        if (sum.Groups[2].Value != right || sum.Groups[1].Value != $"{rounds * Cpus}" || rounds == 0)
        {
            throw new RunFailure($"{sum.Value} after {rounds} rounds, not {rounds * Cpus} times {right}");
        }
    }
}
