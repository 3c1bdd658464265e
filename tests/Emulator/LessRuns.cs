// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Text.RegularExpressions;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// The guest tests on VT-x without what the hypervisor uses where it is there. Bochs 3.0 can leave out what CPUID
/// names; VPIDs, the preemption timer, the TPR shadow and PAUSE-loop exiting are in all its models that can run guests,
/// and are taken away in tests/Unit/Virtualization/VmxVendorTests.cs.
/// </summary>
internal static class LessRuns
{
    private const string Machine = "bochs-vmx";
    private const string Xsaves = "XSAVES/XRSTORS";
    private const string Invpcid = "INVPCID";
    private const string Rdtscp = "RDTSCP";

    public static readonly Run[] All =
    [
        Without("xsaves", ["xsaves"], [Xsaves]),
        Without("invpcid", ["invpcid"], [Invpcid]),
        Without("rdtscp", ["rdtscp"], [Rdtscp]),
        Without("any", ["xsaves", "invpcid", "rdtscp"], [Xsaves, Invpcid, Rdtscp, "TSC scaling"]) with
        {
            CpuModel = "broadwell_ult",
            Part = Part.Guests,
        },
    ];

    private static Run Without(string name, string[] excluded, string[] absent)
    {
        Run run = GuestRuns.Guests($"guests-{Machine}-without-{name}", "");
        return run with
        {
            Part = Part.Soak,
            Config = run.Config + "\nautostart = false",
            Machine = Machine,
            ExcludedFeatures = excluded,
            Script = console => AllPass(console, absent),
            TimeLimit = 400,
        };
    }

    /// <summary>First a look at what the processor has: the run is worth nothing with the features there.</summary>
    private static void AllPass(RunConsole console, IEnumerable<string> absent)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("info host");
        _ = console.Expect("^ *processor +Intel", 20);
        _ = console.Expect("^ *memory +1023", 20);
        _ = console.Expect("^ *VPID +used", 20);
        _ = console.Expect("^ *uptime ", 20);
        foreach (string feature in absent)
        {
            console.ExpectNever($"^ *{Regex.Escape(feature)} +(used|there)");
        }

        console.Type("start guests");
        console.Type("attach guests");
        GuestRuns.AllPass(console);
    }
}
