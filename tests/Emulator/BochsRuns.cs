// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// The same guests in Bochs: with AMD-V, where it is the second and stricter opinion beside QEMU, and with VT-x, which
/// no other emulator has.
/// </summary>
internal static class BochsRuns
{
    /// <summary>The hypervisor's word for VT-x without virtual-interrupt delivery and posted interrupts.</summary>
    public const string NoVirtualApic = "no-virtual-apic";

    private const string Vmx = "bochs-vmx";
    private const string Svm = "bochs-svm";

    /// <summary>Seconds for a run: Bochs 2.7 needs twice as long as 3.0.</summary>
    private const int BochsTime = 400;

    /// <summary>
    /// What Bochs' AMD-V does otherwise than the manual (3.0, cpu/svm.cc): an intercepted #DB leaves no cause in DR6;
    /// the trap of a step over an instruction that leaves the guest is delivered to the host; a virtual interrupt that
    /// VMRUN finds with interrupts on waits until the guest switches them off and on again.
    /// </summary>
    private const string NotOnSvm =
        "-Exception.SingleStep -Exception.SingleStepOverAnExit -Interrupt.NonMaskableBesideATrap "
        + "-Interrupt.StiShadowOverAnExit";

    /// <summary>With each test: VT-x from end to end. The others take longer and are the soak's.</summary>
    public static readonly Run[] All =
    [
        On(Vmx, GuestRuns.Guests("guests-bochs-vmx", "")),
        Less(On(Vmx, GuestRuns.Guests("guests-bochs-vmx", ""))),
        On(Vmx, LinuxRuns.Linux("linux-bochs-vmx", "cloud", LinuxRuns.Shell)),
        Less(On(Vmx, LinuxRuns.Linux("linux-bochs-vmx", "cloud", LinuxRuns.Shell))),
        On(Vmx, GuestRuns.Rate("guests-tsc-rate-bochs-vmx", "scaled by the processor")),
        On(Vmx, GuestRuns.Rate("guests-tsc-rate-bochs-vmx-broadwell")) with { CpuModel = "broadwell_ult" },
        Refusal("penryn", "core2_penryn_t9600", "This processor's VT-x has no EPT (nested paging)."),
        Refusal("lynnfield", "corei5_lynnfield_750", "This processor's VT-x has no unrestricted guest (real mode)."),
        Soak(On(Vmx, GuestRuns.Guests("guests-bochs-vmx-checked", "")) with { Flavour = "checked" }),
        Soak(Less(On(Vmx, GuestRuns.Guests("guests-bochs-vmx-checked", "")) with { Flavour = "checked" })),
        .. Model("broadwell", "broadwell_ult"),
        .. Model("haswell", "corei7_haswell_4770"),
        .. Model("sandy-bridge", "corei7_sandy_bridge_2600k"),
        Soak(On(Svm, GuestRuns.Guests("guests-bochs-svm", NotOnSvm))),
        Soak(On(Svm, GuestRuns.Guests("guests-bochs-svm-checked", NotOnSvm)) with { Flavour = "checked" }),
        Soak(On(Svm, GuestRuns.Rate("guests-tsc-rate-bochs-svm"))),
        Soak(On(Svm, LinuxRuns.Linux("linux-bochs-svm", "cloud", LinuxRuns.Shell))),
    ];

    /// <summary>
    /// The rows on VT-x have virtual-interrupt delivery and, where the model has them, posted interrupts, if Bochs is
    /// the corrected one (MachineChoice.BootOptions); these never have.
    /// </summary>
    private static Run Less(Run run) => run with
    {
        Name = $"{run.Name}-{NoVirtualApic}",
        Options = [.. run.Options, NoVirtualApic],
    };

    private static Run Soak(Run run) => run with { Part = Part.Soak };

    /// <summary>An older Intel processor, with fewer of the optional controls.</summary>
    private static IEnumerable<Run> Model(string name, string model)
    {
        yield return Soak(On(Vmx, GuestRuns.Guests($"guests-{Vmx}-{name}", "")) with { CpuModel = model });
        yield return Soak(On(Vmx, LinuxRuns.Linux($"linux-{Vmx}-{name}", "cloud", LinuxRuns.Shell)) with
        {
            CpuModel = model,
        });
    }

    /// <summary>A processor whose VT-x is not enough: the reason is said, and the host stays in the monitor.</summary>
    private static Run Refusal(string name, string model, string reason) => new()
    {
        Name = $"refusal-{Vmx}-{name}",
        Part = Part.Guests,
        Config = LinuxGuest.Config(),
        Files = LinuxGuest.Files,
        Machine = Vmx,
        CpuModel = model,
        Script = console =>
        {
            _ = console.Expect(Regex.Escape(reason));
            _ = console.Expect(LinuxGuest.Monitor);
            console.Type("poweroff");
            console.ExpectPowerOff();
        },
        TimeLimit = BochsTime,
    };

    private static Run On(string machine, Run run) => run with { Machine = machine, TimeLimit = BochsTime };
}
