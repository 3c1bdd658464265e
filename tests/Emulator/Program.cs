// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>Runs the rows of the table that were asked for, at most two emulators at once, and counts.</summary>
internal static class Program
{
    private const int DefaultJobs = 2;

    public static int Main(string[] arguments)
    {
        Option<Part[]> parts =
            new("--part") { Description = "The parts to run.", AllowMultipleArgumentsPerToken = true };
        Option<string?> filter =
            new("--filter") { Description = "Only runs whose name matches this regular expression." };
        Option<int> jobs =
            new("--jobs") { Description = "Emulators at once.", DefaultValueFactory = static _ => DefaultJobs };
        Option<string?> results =
            new("--results") { Description = "A file that gets the counts: passed, failed, skipped." };
        Option<double> patience = new("--patience")
        {
            Description = "Multiplies every time limit, for a computer that is busy with something else.",
            DefaultValueFactory = static _ => 1,
        };
        Option<string?> bochs = new("--bochs")
        {
            Description = "The version of Bochs, such as 2.7 or 3.0 (default: the newest that is there).",
        };
        Option<bool> list = new("--list") { Description = "Name the runs and do nothing." };
        var root = new RootCommand("Boots whole machines and watches their consoles.")
        {
            parts, filter, jobs, results, patience, bochs, list,
        };
        root.SetAction(parsed =>
        {
            RunConsole.Patience = parsed.GetValue(patience);
            Run.BochsVersion = parsed.GetValue(bochs);
            Run[] runs = Choose(parsed.GetValue(parts) ?? [], parsed.GetValue(filter));
            return parsed.GetValue(list)
                ? List(runs)
                : RunAll(runs, parsed.GetValue(jobs), parsed.GetValue(results));
        });
        return root.Parse(arguments).Invoke();
    }

    private static Run[] Choose(Part[] parts, string? filter) =>
    [
        .. RunTable.All.Where(run => parts.Length == 0 || parts.Contains(run.Part))
            .Where(run => filter is null || Regex.IsMatch(run.Name, filter)),
    ];

    private static int List(Run[] runs)
    {
        foreach (Run run in runs)
        {
            System.Console.WriteLine($"{run.Part,-9} {run.Name}");
        }

        return 0;
    }

    private static int RunAll(Run[] runs, int jobs, string? results)
    {
        string logs =
            Directory.CreateDirectory(Path.Combine(RepositoryPaths.Artifacts, "results", "emulator")).FullName;
        var counts = new RunCounts();

        // The long ones first: the last one running alone costs the least.
        IEnumerable<Run> order = runs.OrderByDescending(static run => run.TimeLimit);
        _ = Parallel.ForEach(
            Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = jobs }, run => RunOne(run, logs, counts));
        System.Console.WriteLine(counts);
        if (results is not null)
        {
            File.WriteAllText(results, counts.ToString());
        }

        return counts.Failed == 0 ? 0 : 1;
    }

    private static void RunOne(Run run, string logs, RunCounts counts)
    {
        if (run.SkipReason() is { } reason)
        {
            counts.Skip($"skip  {run.Name}: {reason}");
            return;
        }

        var time = Stopwatch.StartNew();
        string log = Path.Combine(logs, run.Name + ".log");
        RunOutcome outcome = RunExecution.Execute(run, log);
        string took = FormattableString.Invariant($"({time.Elapsed.TotalSeconds:F1} s)");
        if (outcome.Failure is null)
        {
            counts.Pass($"ok    {run.Name} {took}\n{outcome.Report}".TrimEnd());
        }
        else
        {
            string tail =
                string.Join("\n", File.ReadLines(log).TakeLast(12).Select(static line => "      | " + line.TrimEnd()));
            counts.Fail($"FAIL  {run.Name} {took}: {outcome.Failure}\n{outcome.Report}{tail}\n      all of it: {log}");
        }
    }
}
