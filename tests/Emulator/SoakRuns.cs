// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>The long runs of <c>build.sh soak</c>.</summary>
internal static class SoakRuns
{
    private const int Rounds = 50;

    public static readonly Run[] All =
    [
        new Run
        {
            Name = "soak-restarts",
            Part = Part.Soak,
            Config = LinuxGuest.Config(),
            Files = LinuxGuest.Files,
            Script = Restarts,
            Flavour = "checked",
            TimeLimit = 7200,
        },
    ];

    /// <summary>A guest that boots again and again: the host's memory has to come back each time.</summary>
    private static void Restarts(RunConsole console)
    {
        for (int round = 0; round < Rounds; round++)
        {
            LinuxGuest.ReachShell(console);
            if (round % 2 == 0)
            {
                console.Type("reboot");
            }
            else
            {
                // What a person starts begins a new row: the guest's own resets never have to wait.
                console.Send("\x1d");
                console.Type("restart linux");
                console.Type("attach linux");
            }

            _ = console.Expect("Linux version", 120);
        }

        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }
}
