// SPDX-License-Identifier: MIT
using System.Globalization;

namespace Hypervisor.EmulatorTests;

/// <summary>The monitor: its commands, the guest's life from there, what it counts.</summary>
internal static class ConsoleRuns
{
    private const string Detach = "\x1d";

    public static readonly Run[] All =
    [
        Console("console-commands", Commands),
        Console("console-life", Life) with { TimeLimit = 300 },
        Console("console-no-allocation", NoAllocation),
        Console("console-second-port", SecondPort)
            with { Config = "[host]\nconsole = \"com2\"\n\n" + LinuxGuest.Config() },
        Console("console-not-started", NotStarted) with { Config = LinuxGuest.Config(extra: "autostart = false") },
        Console("console-power-off-at-end", PowerOffAtEnd) with
        {
            Config = "[host]\non_all_stopped = \"poweroff\"\n\n" + LinuxGuest.Config(),
        },
    ];

    private static Run Console(string name, System.Action<RunConsole> script) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = LinuxGuest.Config(),
        Files = LinuxGuest.Files,
        Script = script,
    };

    /// <summary>What was said before the configuration was read is there too.</summary>
    private static void SecondPort(RunConsole console)
    {
        _ = console.Expect("^Hypervisor ");
        _ = console.Expect("^board: ");
        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }

    private static void Commands(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Send(Detach);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        foreach ((string command, string answer) in new[]
        {
            ("help", "attach"),
            ("vms", "linux.*running"),
            ("info linux", "256"),
            ("stats", "alloc"),
            ("mem", "free"),
            ("log", "."),
            ("nonsense", "nonsense"),
        })
        {
            console.Type(command);
            _ = console.Expect(answer, 10);
            _ = console.Expect(LinuxGuest.Monitor, 10);
        }

        console.Type("attach linux");
        console.Type("");
        _ = console.Expect(LinuxGuest.Prompt, 10);
        LinuxGuest.SwitchOff(console);
    }

    private static void Life(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Send(Detach);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        console.Type("stop linux force");
        WaitForState(console, "stopped");
        console.Type("start linux");
        WaitForState(console, "running");
        console.Type("attach linux");
        LinuxGuest.ReachShell(console);
        console.Send(Detach);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        console.Type("restart linux");
        WaitForState(console, @"running +1 +256 MiB +3 ");
        console.Type("attach linux");
        _ = console.Expect("Linux version", 60);
        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }

    /// <summary>Asks until the guest's line in <c>vms</c> goes on with the pattern.</summary>
    private static void WaitForState(RunConsole console, string pattern)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            System.Threading.Thread.Sleep(500);
            console.Type("vms");
            string line = console.Expect("^linux .*$", 10).Value;
            if (System.Text.RegularExpressions.Regex.IsMatch(line, "^linux +" + pattern))
            {
                _ = console.Expect(LinuxGuest.Monitor, 10);
                return;
            }
        }

        throw new RunFailure($"the guest never was '{pattern}'");
    }

    private static void NotStarted(RunConsole console)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("vms");
        _ = console.Expect("linux.*stopped", 10);
        console.Type("start linux");
        WaitForState(console, "running");
        console.Type("attach linux");
        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }

    private static void PowerOffAtEnd(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Type("poweroff");
        console.ExpectPowerOff(60);
    }

    /// <summary>After a guest has started nothing allocates: the counter that `stats` shows does not move.</summary>
    private static void NoAllocation(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        (long guest, long host) before = Allocations(console);
        console.Type("for i in 1 2 3 4 5; do ps >/dev/null; find / -xdev >/dev/null; sleep 0.2; done; echo busy done");
        _ = console.Expect("^busy done$", 120);
        (long guest, long host) after = Allocations(console);
        if (after != before || after.guest != 0)
        {
            throw new RunFailure(string.Create(CultureInfo.InvariantCulture,
                $"allocations went from {before} to {after}"));
        }

        LinuxGuest.SwitchOff(console);
    }

    private static (long Guest, long Host) Allocations(RunConsole console)
    {
        console.Send(Detach);
        _ = console.Expect(LinuxGuest.Monitor, 10);
        long guest = Figure(console, "stats linux", "allocations after start");
        long host = Figure(console, "stats host", "host allocations after boot");
        console.Type("attach linux");
        console.Type("");
        _ = console.Expect(LinuxGuest.Prompt, 10);
        return (guest, host);
    }

    private static long Figure(RunConsole console, string command, string name)
    {
        console.Type(command);
        string value = console.Expect($@"{name}\s+(\d+)", 10).Groups[1].Value;
        _ = console.Expect(LinuxGuest.Monitor, 10);
        return long.Parse(value, CultureInfo.InvariantCulture);
    }
}
