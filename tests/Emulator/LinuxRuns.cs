// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>Unmodified distribution kernels with their usual command line.</summary>
internal static class LinuxRuns
{
    public static readonly Run[] All =
    [
        Linux("linux-shell", "cloud", Shell),
        Linux("linux-standard", "standard", Shell),
        Linux("linux-next-release", "cloud-trixie", Shell),
        Linux("linux-checked", "cloud", Shell) with { Flavour = "checked", TimeLimit = 300 },
        Linux("linux-reboot", "cloud", Reboot) with { TimeLimit = 240 },
        Linux("linux-kvm", "cloud", Shell) with { Machine = "qemu-kvm" },
    ];

    public static Run Linux(string name, string kernel, System.Action<RunConsole> script) => new()
    {
        Name = name,
        Part = Part.Emulator,
        Config = LinuxGuest.Config(),
        Files = LinuxGuest.FilesOf(kernel),
        Script = script,
    };

    /// <summary>The guest boots to a shell, its clock and its interrupts work, and it switches itself off.</summary>
    public static void Shell(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Type("cat /proc/interrupts; cat /sys/devices/system/clocksource/clocksource0/current_clocksource");
        _ = console.Expect(LinuxGuest.Prompt, 20);
        console.Type("sleep 1 && echo slept");
        _ = console.Expect("^slept$", 30);
        console.ExpectNever(@"Kernel panic|BUG:|Call Trace|rcu_sched detected|Oops");
        LinuxGuest.SwitchOff(console);
    }

    private static void Reboot(RunConsole console)
    {
        LinuxGuest.ReachShell(console);
        console.Type("reboot");
        _ = console.Expect("Linux version");
        LinuxGuest.ReachShell(console);
        LinuxGuest.SwitchOff(console);
    }
}
