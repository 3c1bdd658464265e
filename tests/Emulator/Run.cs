// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using Hypervisor.Tool;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.EmulatorTests;

/// <summary>One row of the table: a board, a config, and what has to happen on the console.</summary>
internal sealed record Run
{
    /// <summary>Letters, digits and dashes; unique.</summary>
    public required string Name { get; init; }

    /// <summary>What <c>build.sh test PART</c> and the other commands choose by.</summary>
    public required Part Part { get; init; }

    /// <summary>The config's text.</summary>
    public required string Config { get; init; }

    /// <summary>Name on the medium to the file here; a file that is not there skips the run.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>What is typed and expected; it returns when all was seen and throws <see cref="RunFailure"/>.</summary>
    public required Action<RunConsole> Script { get; init; }

    /// <summary>The one way in which our test guests' kernel lets itself be started; null for other kernels.</summary>
    public KernelProtocol? Protocol { get; init; }

    /// <summary>
    /// The file that the emulator itself boots by PVH, without the hypervisor; the config is unused then.
    /// </summary>
    public string? BareKernel { get; init; }

    /// <summary>The bare kernel's command line.</summary>
    public string BareCommandLine { get; init; } = "";

    public string Machine { get; init; } = "qemu-svm";

    /// <summary>The version of Bochs for the machines that are Bochs; null: the newest that is there.</summary>
    public static string? BochsVersion { get; set; }

    /// <summary>The processor where it is not the machine's usual one; of Bochs only.</summary>
    public string? CpuModel { get; init; }

    /// <summary>What the processor is to lack, as Bochs calls it; an older Bochs than 3.0 skips the run.</summary>
    public string[] ExcludedFeatures { get; init; } = [];

    /// <summary>Bochs' own faults break it; without the corrected one the run is skipped.</summary>
    public bool NeedsCorrectedBochs { get; init; }

    public int Cpus { get; init; } = 1;

    /// <summary>QEMU's processors run at the same time; the first must not run guests.</summary>
    public bool Parallel { get; init; }

    /// <summary>The board's memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 1024;

    public bool Uefi { get; init; }

    public bool Disk { get; init; }

    public bool Icount { get; init; }

    public int IcountShift { get; init; }

    /// <summary>"release" or "checked".</summary>
    public string Flavour { get; init; } = "release";

    /// <summary>Words for the hypervisor's command line.</summary>
    public string[] Options { get; init; } = [];

    /// <summary>Seconds for the whole run on two slow cores.</summary>
    public int TimeLimit { get; init; } = 400;

    /// <summary>Why this computer cannot do the run; null where it can.</summary>
    public string? SkipReason()
    {
        foreach ((string name, string path) in Files)
        {
            // What the build makes has to be there; what was to be downloaded may not be.
            if (!File.Exists(path) && !path.StartsWith(RepositoryPaths.Root, StringComparison.Ordinal))
            {
                return $"{name} is not there ({path})";
            }
        }

        try
        {
            EmulatedMachine machine = MachineChoice.Resolve(Machine);
            return MachineChoice.IsBochs(machine) ? SkipReason(machine, BochsBuild.Find(BochsVersion)) : null;
        }
        catch (ToolException problem)
        {
            return problem.Message;
        }
    }

    private string? SkipReason(EmulatedMachine machine, BochsBuild build) =>
        build.IsOld && machine == EmulatedMachine.BochsSvm ? $"the AMD-V of Bochs {build.Version} has no VM_CR register"
        : build.IsOld && ExcludedFeatures.Length > 0 ? $"Bochs {build.Version} cannot leave features out"
        : NeedsCorrectedBochs && !build.IsCorrected ? "it needs the Bochs of './build.sh setup --bochs'"
        : null;
}
