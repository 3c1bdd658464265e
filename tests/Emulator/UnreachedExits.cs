// SPDX-License-Identifier: MIT
using System.Linq;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// The exits that no guest causes, by machine, in the order of their kinds; everything else must be reached. Nowhere:
/// "none" and "unexpected", which are no exits, and those that nobody asks for.
/// </summary>
internal static class UnreachedExits
{
    /// <summary>QEMU's AMD-V lets XSETBV through, and PAUSE is not asked for.</summary>
    private static readonly string[] s_qemuSvm =
    [
        "none", "xsetbv", "timestamp counter", "pause", "invalidate page", "task switch", "apic write",
        "end of interrupt", "unexpected",
    ];

    /// <summary>
    /// Debug registers leave the guest on QEMU only; Bochs makes #GP of the CR3 that QEMU refuses at the entry.
    /// </summary>
    private static readonly string[] s_bochsSvm =
    [
        "none", "debug register", "timestamp counter", "pause", "invalidate page", "task switch", "invalid state",
        "apic write", "end of interrupt", "unexpected",
    ];

    /// <summary>
    /// With virtual-interrupt delivery. A task switch stops the VM for good, and no guest reaches a state that the
    /// processor refuses.
    /// </summary>
    private static readonly string[] s_vmx =
    [
        "none", "debug register", "timestamp counter", "interrupt window", "invalidate page", "task switch",
        "invalid state", "end of interrupt", "unexpected",
    ];

    /// <summary>On VT-x without virtual-interrupt delivery.</summary>
    public static readonly string[] VmxWithoutDelivery =
    [
        "none", "debug register", "timestamp counter", "invalidate page", "task switch", "invalid state", "apic write",
        "end of interrupt", "unexpected",
    ];

    /// <summary>As <see cref="On"/>, of a VM with several vCPUs: PAUSE is asked for.</summary>
    public static string[] WithSiblings(string machine) =>
        [.. On(machine).Where(static name => name != "pause")];

    public static string[] On(string machine) => MachineChoice.Resolve(machine) switch
    {
        EmulatedMachine.BochsVmx => s_vmx,
        EmulatedMachine.BochsSvm => s_bochsSvm,
        _ => s_qemuSvm,
    };
}
