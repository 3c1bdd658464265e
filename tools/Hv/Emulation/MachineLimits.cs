// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Hypervisor.Tool.Emulation;

/// <summary>What a machine cannot do, said before anything is made for it.</summary>
internal static class MachineLimits
{
    /// <summary>Bochs 2 is busy for half a minute with 4 GiB before its first instruction.</summary>
    private const int OldBochsMemoryMiB = 3072;

    private const int BochsMemoryMiB = 16384;
    private const int BochsCpus = 16;

    /// <summary>Throws with a sentence where the board's options do not go together.</summary>
    public static void Check(EmulatorOptions options)
    {
        string? problem = MachineChoice.IsBochs(options.Machine)
            ? FindBochsProblem(options, BochsBuild.Find(options.BochsVersion))
            : FindQemuProblem(options);
        if (problem is not null)
        {
            throw new ToolException(problem, ExitCode.Usage);
        }
    }

    private static string? FindQemuProblem(EmulatorOptions options) => options switch
    {
        { CpuModel: not null } => "--cpu-model is for the machines bochs-vmx and bochs-svm.",
        { BochsVersion: not null } => "--bochs is for the machines bochs-vmx and bochs-svm.",
        _ => null,
    };

    internal static string? FindBochsProblem(EmulatorOptions options, BochsBuild build)
    {
        if (options.Uefi)
        {
            return "Bochs boots through BIOS only; without --uefi it goes, or with --machine qemu-svm.";
        }

        if (options.Gdb)
        {
            return "Bochs has no door for gdb; --gdb needs --machine qemu-svm.";
        }

        if (options.Machine == EmulatedMachine.BochsSvm && build.IsOld)
        {
            return $"The AMD-V of Bochs {build.Version} has no VM_CR register; bochs-svm needs Bochs 3.0.";
        }

        if (options.Cpus > BochsCpus)
        {
            return FormattableString.Invariant($"--cpus is {options.Cpus}; with Bochs it can be 1 to {BochsCpus}.");
        }

        int most = build.IsOld ? OldBochsMemoryMiB : BochsMemoryMiB;
        if (options.MemoryMiB > most)
        {
            return FormattableString.Invariant($"the machine would have {options.MemoryMiB} MiB; ")
                + FormattableString.Invariant($"with Bochs {build.Version} it can have {most} at the most.");
        }

        IReadOnlyList<string> models = options.CpuModel is null ? [] : build.ProcessorModels();
        return options.CpuModel is null || models.Contains(options.CpuModel)
            ? null
            : $"Bochs {build.Version} has no processor {options.CpuModel}; it has {string.Join(", ", models)}.";
    }
}
