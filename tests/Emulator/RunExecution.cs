// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Hypervisor.Tool;
using Hypervisor.Tool.Configuration;
using Hypervisor.Tool.Emulation;
using Hypervisor.Tool.Symbols;

namespace Hypervisor.EmulatorTests;

/// <summary>Carries one run out: its config and files in a folder, the medium, the emulator, the script.</summary>
internal static class RunExecution
{
    /// <summary>
    /// Runs it; the console's text is kept in <paramref name="logFile"/>, what Bochs says in a folder beside it.
    /// </summary>
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
            return new RunOutcome(problem.Message, panic is null ? "" : panic + "\n");
        }
    }

    private static RunOutcome Execute(Run run, TemporaryDirectory scratch, ConsoleTranscript transcript, FileStream log)
    {
        ConfigDocument config = LayOut(run, scratch);
        EmulatedMachine machine = MachineChoice.Resolve(run.Machine);
        bool isBochs = MachineChoice.IsBochs(machine);
        var options = new EmulatorOptions
        {
            Machine = machine,
            CpuModel = run.CpuModel,
            ExcludedFeatures = run.ExcludedFeatures,
            BochsVersion = Run.BochsVersion,
            Cpus = run.Cpus,
            Parallel = run.Parallel,
            MemoryMiB = run.MemoryMiB,
            Medium = MakeMedium(run, config, scratch),
            Kernel = run.BareKernel is null ? null : Path.Combine(scratch.File("guests"), run.BareKernel),
            KernelCommandLine = run.BareCommandLine,
            Disk = run.Disk,
            Uefi = run.Uefi,
            Icount = run.Icount,
            IcountShift = run.IcountShift,
            ConsolePort = config.ConsolePort,
        };
        string? kept = isBochs ? Path.ChangeExtension(log.Name, null) : null;
        using Emulator emulator = Emulator.Start(options, new EmulatorFiles(scratch, kept), bytes =>
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

        return new RunOutcome(console.ExceedsBudget ? "a budget is exceeded" : null, console.Report.ToString());
    }

    /// <summary>The emulator loads a bare kernel by itself.</summary>
    private static string MakeMedium(Run run, ConfigDocument config, TemporaryDirectory scratch)
    {
        string medium = scratch.File(run.Disk ? "medium.img" : "medium.iso");
        if (run.BareKernel is null)
        {
            string hypervisor = RepositoryPaths.Hypervisor(run.Flavour);
            string[] options = MachineChoice.BootOptions(
                MachineChoice.Resolve(run.Machine), Run.BochsVersion, run.Options);
            BootMedium.Make(config, hypervisor, ["debug-exit", .. options], run.Disk, medium);
        }

        return medium;
    }

    private static ConfigDocument LayOut(Run run, TemporaryDirectory scratch)
    {
        string guests = Directory.CreateDirectory(scratch.File("guests")).FullName;
        foreach ((string name, string path) in run.Files)
        {
            string place = Path.Combine(guests, name);
            _ = run.Protocol is { } protocol && path.EndsWith(".elf", StringComparison.Ordinal)
                ? KernelProtocols.Copy(path, protocol, place)
                : File.CreateSymbolicLink(place, path).FullName;
        }

        string config = scratch.File("hypervisor.toml");
        File.WriteAllText(config, run.Config);
        return ConfigDocument.Load(config);
    }
}
