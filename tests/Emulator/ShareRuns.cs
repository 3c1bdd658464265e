// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hypervisor.Simulated;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// How processors are shared: each scenario of <see cref="ShareScenario"/> on a whole machine, measured by the
/// hypervisor's own counters, beside the same scenario in the simulation and beside what was promised.
/// </summary>
internal static class ShareRuns
{
    private const double Seconds = 5;

    /// <summary>A sleeper wakes so often: for about as long.</summary>
    private const int Wakes = 250;

    public static readonly Run[] All = [.. ShareScenario.All.Select(static scenario => Share(scenario))];

    /// <summary>
    /// With one processor its clock counts instructions, four ticks each: what else this computer does changes nothing.
    /// </summary>
    private static Run Share(ShareScenario scenario) => new()
    {
        Name = $"shares-{scenario.Name}",
        Part = Part.Bench,
        Config = string.Concat(scenario.Vms.Select(static vm => ConfigOf(vm))),
        Files = GuestRuns.FilesOf("release"),
        Protocol = KernelProtocol.Pvh,
        Script = console => new ShareTable(scenario, console).Judge(Measure(console, scenario, out double time), time),
        Cpus = scenario.Processors,
        Icount = scenario.Processors == 1,
        IcountShift = 2,
        TimeLimit = 180,
    };

    private static string ConfigOf(ShareVm vm)
    {
        string commandLine =
            vm.IsBusy ? "quick Load.Busy" : $"quick Load.Sleeper sleep={vm.SleepMicroseconds} wakes={Wakes}";
        return GuestRuns.Section(vm.Name, "32M", commandLine) + $"""
            cpus    = {vm.Cpus}
            weight  = {vm.Weight}
            {(vm.Cap == 0 ? "" : $"cap = {vm.Cap}")}
            {(vm.Reserve == 0 ? "" : $"reserve = {vm.Reserve}")}


            """;
    }

    private static ShareResult[] Measure(RunConsole console, ShareScenario scenario, out double seconds)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        (double Ran, double Time)[]? first;
        while ((first = Look(console, scenario)) is null)
        {
            // They are still being built.
        }

        (double Ran, double Time)[] last;
        do
        {
            last = Look(console, scenario) ?? throw new RunFailure("a busy guest does not run any more");
            seconds = (last[0].Time - first[0].Time) / 1e9;
        }
        while (seconds < Seconds);

        return [.. scenario.Vms.Select((vm, index) => new ShareResult(
            100 * (last[index].Ran - first[index].Ran) / (last[index].Time - first[index].Time),
            vm.IsBusy ? null : DelaysOf(console, vm)))];
    }

    /// <summary>
    /// For how long each VM has run, in nanoseconds, and at which time that was so; null where a busy one does not run.
    /// </summary>
    private static (double Ran, double Time)[]? Look(RunConsole console, ShareScenario scenario)
    {
        console.Type("top -j");
        var seen = new (double Ran, double Time)[scenario.Vms.Length];
        bool areRunning = true;
        for (int index = 0; index < seen.Length; index++)
        {
            ShareVm vm = scenario.Vms[index];
            string line = console.Expect($"^\\{{\"name\":\"{vm.Name}\".*\\}}\r?$", 60).Value;
            JsonElement values = JsonDocument.Parse(line).RootElement;
            seen[index] = (values.GetProperty("ran").GetDouble(), values.GetProperty("time").GetDouble());
            areRunning &= !vm.IsBusy || seen[index].Ran > 0;
        }

        return areRunning ? seen : null;
    }

    private static WakeDelays DelaysOf(RunConsole console, ShareVm vm)
    {
        console.Type($"attach {vm.Name}");
        _ = console.Expect("TESTS DONE passed=1 ");
        console.Send("\x1d");
        string early = Regex.Match(console.Text, @"(?<=TOO EARLY )\d+").Value;
        _ = console.Report.Append($"      {vm.Name} was woken too early {early} times\n");
        IEnumerable<ulong> delays = Regex.Matches(console.Text, @"(?<=^DELAYS.*) (\d+)", RegexOptions.Multiline)
            .Select(static match => ulong.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        return WakeDelays.Of(delays);
    }
}
