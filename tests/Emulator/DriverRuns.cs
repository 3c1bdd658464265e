// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Faults in the driver of the console's serial port, while a guest prints and somebody types: the port works again,
/// the guest goes on, and the monitor answers.
/// </summary>
internal static class DriverRuns
{
    private const string Said = @"\[host\] serial port: .+ in its driver at [0-9a-f]+: set up anew";

    private static readonly TimeSpan s_typing = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_asking = TimeSpan.FromSeconds(3);

    public static readonly Run[] All =
    [
        Faults("driver-write", 3, FaultSite.SerialWrite, InjectedFault.GeneralProtection, 300),
        Faults("driver-serve", 3, FaultSite.SerialServe, InjectedFault.Null, 3),
        Faults("driver-stack", 1, FaultSite.SerialServe, InjectedFault.StackOverflow, 3),
        Faults("driver-stuck", 1, FaultSite.SerialWrite, InjectedFault.Stuck, 300),
        Faults("driver-reset", 1, FaultSite.SerialServe, InjectedFault.Index, 3, FaultSite.SerialReset),
        Faults("driver-again", 60, FaultSite.SerialWrite, InjectedFault.Divide, 300),
        OnVmx(Faults("driver-write-bochs-vmx", 3, FaultSite.SerialWrite, InjectedFault.GeneralProtection, 300)),
        OnVmx(Faults("driver-stuck-bochs-vmx", 1, FaultSite.SerialServe, InjectedFault.Stuck, 3)),
        OnVmx(Faults("driver-reset-bochs-vmx", 1, FaultSite.SerialServe, InjectedFault.Index, 3, FaultSite.SerialReset))
            with { Part = Part.Soak },
    ];

    private static Run OnVmx(Run run) => run with { Machine = "bochs-vmx", TimeLimit = 200 };

    /// <summary>
    /// The pass of a site with this number faults, and the ones after it, so often; and then once the site of
    /// <paramref name="then"/>.
    /// </summary>
    private static Run Faults(
        string name, int times, FaultSite site, InjectedFault fault, int pass, FaultSite? then = null) => new()
        {
            Name = name,
            Part = Part.Emulator,
            Config = GuestRuns.Section("guests", "18M", "Console.Chatter"),
            Files = GuestRuns.FilesOf("checked"),
            Flavour = "checked",
            Options =
        [
            "inject-nmis", $"inject-site={(int)site}", $"inject-fault={(int)fault}", $"inject-pass={pass}",
            $"inject-times={times}",
            .. then == null ? Array.Empty<string>() : [$"inject-then={(int)then}"],
        ],
            Script = console => ComesBack(console, then == null ? times : times + 1),
            TimeLimit = 90,
        };

    private static void ComesBack(RunConsole console, int faults)
    {
        _ = console.ExpectWhileTyping(Said, "x", s_typing);
        _ = console.Expect(@"^tick \d+\r?$", 20);

        // While there are faults a key or an answer may be lost: it is asked again.
        _ = console.ExpectWhileTyping(LinuxGuest.Monitor, "\x1d", s_asking);
        _ = console.ExpectWhileTyping($@"serial driver's faults +{faults}\r?$", "stats host\r", s_asking);
        _ = console.Expect(LinuxGuest.Monitor, 20);
        console.Type("vms");
        _ = console.Expect("^guests +running +1 +18 MiB +1 +0 *$", 20);
        _ = console.Expect(LinuxGuest.Monitor, 20);
        console.Type("attach guests");
        _ = console.Expect(@"^tick \d+\r?$", 20);
        console.Type("\rstill there?");
        _ = console.Expect(@"^heard still there[?]\r?$", 20);
        console.ExpectNever("PANIC");
    }
}
