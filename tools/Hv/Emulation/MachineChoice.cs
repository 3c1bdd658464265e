// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Hypervisor.Tool.Emulation;

/// <summary>From the name on the command line to a machine that this computer can run.</summary>
internal static class MachineChoice
{
    public static readonly string[] Names = ["qemu-svm", "qemu-kvm", "auto", "bochs-vmx", "bochs-svm"];

    /// <summary>The machine of a name, or a message that says why it cannot be had.</summary>
    public static EmulatedMachine Resolve(string name) => Resolve(name, KvmCapabilities.Query);

    internal static EmulatedMachine Resolve(string name, System.Func<KvmCapabilities> query) => name switch
    {
        "qemu-svm" => EmulatedMachine.QemuSvm,
        "qemu-kvm" => RequireKvm(query()),
        "auto" => query().Nests ? EmulatedMachine.QemuKvm : EmulatedMachine.QemuSvm,
        "bochs-vmx" => EmulatedMachine.BochsVmx,
        "bochs-svm" => EmulatedMachine.BochsSvm,
        _ => throw new ToolException(
            $"'{name}' is no machine; there are {string.Join(", ", Names)}.", ExitCode.Usage),
    };

    public static bool IsBochs(EmulatedMachine machine) =>
        machine is EmulatedMachine.BochsVmx or EmulatedMachine.BochsSvm;

    /// <summary>
    /// What the hypervisor is told on a machine beside what was <paramref name="asked"/>. Bochs (2.7 and 3.0,
    /// HandleExtInterrupt in cpu/event.cc) delivers a virtual interrupt that pends to a guest with interrupts off, when
    /// an interrupt of the host comes: so virtual-interrupt delivery is off there, unless it is the corrected one.
    /// </summary>
    public static string[] BootOptions(EmulatedMachine machine, string? bochsVersion, IReadOnlyList<string> asked) =>
        machine == EmulatedMachine.BochsVmx ? BootOptions(BochsBuild.Find(bochsVersion), asked) : [.. asked];

    internal static string[] BootOptions(BochsBuild build, IReadOnlyList<string> asked) =>
        build.IsCorrected ? [.. asked] : ["no-virtual-apic", .. asked];

    private static EmulatedMachine RequireKvm(KvmCapabilities kvm)
    {
        if (kvm.Nests)
        {
            return EmulatedMachine.QemuKvm;
        }

        string reason = kvm.Problem
            ?? "KVM on this computer offers no virtualization to its guests (nested is off or absent)";
        throw new ToolException($"qemu-kvm cannot be used: {reason}; use qemu-svm.", ExitCode.Usage);
    }
}
