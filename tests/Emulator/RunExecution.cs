// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Hypervisor.Tool;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Emulation;
using Hypervisor.Tool.Symbols;

namespace Hypervisor.EmulatorTests;

/// <summary>Carries one run out: its config and files in a folder, the medium, the emulator, the script.</summary>
internal static class RunExecution
{
    /// <summary>Runs it; the console's text is kept in <paramref name="logFile"/>.</summary>
    public static RunOutcome Execute(Run run, string logFile)
    {
        using var scratch = new TemporaryDirectory();
        var transcript = new ConsoleTranscript();
        try
        {
            using FileStream log = File.Create(logFile);
            return Execute(run, scratch, transcript, log);
        }
        catch (Exception problem) when (problem is RunFailure or ToolException)
        {
            string? panic = PanicReport.Explain(transcript.Text, RepositoryPaths.Hypervisor(run.Flavour));
            return new RunOutcome(problem.Message, panic is null ? "" : panic + "\n", TestCounts.OneFailed);
        }
    }

    private static RunOutcome Execute(Run run, TemporaryDirectory scratch, ConsoleTranscript transcript, FileStream log)
    {
        EmulatorOptions options = Prepare(run, scratch);
        using Emulator emulator = Emulator.Start(options, new EmulatorFiles(scratch), bytes =>
        {
            log.Write(bytes.Span);
            log.Flush();
            _ = transcript.Append(bytes.Span);
        });
        _ = emulator.End.ContinueWith(_ => transcript.Complete(), System.Threading.Tasks.TaskScheduler.Default);
        var console = new RunConsole(emulator, transcript, TimeSpan.FromSeconds(run.TimeLimit));
        try
        {
            run.Script(console);
        }
        finally
        {
            emulator.Kill();
            _ = emulator.End.Wait(TimeSpan.FromSeconds(5));
        }

        string? failure = console.ExceedsBudget ? "a budget is exceeded"
            : console.Inside is { Failed: > 0 } ? "tests inside the machine failed" : null;
        TestCounts one = failure is null ? TestCounts.OnePassed : TestCounts.OneFailed;
        return new RunOutcome(failure, console.Report.ToString(), console.Inside ?? one);
    }

    private static EmulatorOptions Prepare(Run run, TemporaryDirectory scratch)
    {
        var options = new EmulatorOptions
        {
            Machine = MachineChoice.Resolve(run.Machine),
            Cpus = run.Cpus,
            MemoryMiB = run.MemoryMiB,
            Disk = run.Disk,
            Uefi = run.Uefi,
            Icount = run.Icount,
        };
        if (run.Bare is not null)
        {
            return options with { Kernel = run.Files[run.Bare] };
        }

        ConfigDocument config = LayOut(run, scratch);
        string medium = scratch.File(run.Disk ? "medium.img" : "medium.iso");
        BootMedium.Make(config, RepositoryPaths.Hypervisor(run.Flavour), ["debug-exit", .. run.Options], run.Disk, medium);
        return options with { Medium = medium, ConsolePort = config.ConsolePort };
    }

    private static ConfigDocument LayOut(Run run, TemporaryDirectory scratch)
    {
        string guests = Directory.CreateDirectory(scratch.File("guests")).FullName;
        foreach ((string name, string path) in run.Files)
        {
            _ = File.CreateSymbolicLink(Path.Combine(guests, name), path);
        }

        string config = scratch.File("hypervisor.toml");
        File.WriteAllText(config, run.Config);
        return ConfigDocument.Load(config);
    }
}
