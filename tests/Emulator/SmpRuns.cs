// SPDX-License-Identifier: MIT

namespace Hypervisor.EmulatorTests;

/// <summary>Linux with several vCPUs on as many real processors, on fewer and on one.</summary>
internal static class SmpRuns
{
    private static readonly string[] s_names = ["one", "two", "three"];

    public static readonly Run[] All =
    [
        Linux("smp-linux-4-on-4", 4, 4),
        Linux("smp-linux-4-on-2", 4, 2) with { Flavour = "checked" },
        Linux("smp-linux-4-on-1", 4, 1),
        Linux("smp-linux-8-on-2", 8, 2),
        Linux("smp-linux-2-on-2-parallel", 2, 3, "pin = [1, 2]") with { Parallel = true },
        OnVmx(Linux("smp-linux-2-on-1-bochs-vmx", 2, 1)),
        OnVmx(Linux("smp-linux-2-on-2-bochs-vmx", 2, 2)) with { NeedsCorrectedBochs = true },
        OnVmx(Linux("smp-linux-2-on-2-bochs-vmx-no-virtual-apic", 2, 2)) with
        {
            NeedsCorrectedBochs = true,
            Options = [BochsRuns.NoVirtualApic],
        },
        new Run
        {
            Name = "smp-three-2-on-2",
            Part = Part.Emulator,
            Cpus = 2,
            Config = "[host]\non_all_stopped = \"poweroff\"\n\n" + ThreeMachines(),
            Files = LinuxGuest.Files,
            Script = AllSwitchOff,
            TimeLimit = 300,
        },
    ];

    private static Run Linux(string name, int cpus, int processors, string pin = "") => new()
    {
        Name = name,
        Part = Part.Emulator,
        Cpus = processors,
        Config = LinuxGuest.Config("256M", $"cpus = {cpus}\n{pin}"),
        Files = LinuxGuest.Files,
        Script = console => Compute(console, cpus, processors),
        TimeLimit = 300,
    };

    private static Run OnVmx(Run run) => run with { Machine = "bochs-vmx", TimeLimit = 600 };

    private static string ThreeMachines()
    {
        string text = "";
        foreach (string name in s_names)
        {
            text += LinuxGuest.Config("192M", "cpus = 2").Replace("\"linux\"", $"\"{name}\"") + "\n";
        }

        return text;
    }

    /// <summary>
    /// All vCPUs compute at the same time and each by itself, with the same result; the guest's kernel has nothing to
    /// complain of.
    /// </summary>
    private static void Compute(RunConsole console, int cpus, int processors)
    {
        _ = console.Expect($"virtualization: .* on {processors} of {processors} processors");
        LinuxGuest.ReachShell(console);
        console.Type("nproc");
        _ = console.Expect($"^{cpus}$", 20);
        console.Type("head -c 300000 /dev/urandom > data; for cpu in $(seq 0 $(($(nproc) - 1))); do"
            + " taskset -c $cpu sha256sum data > sum$cpu & done; wait; cat sum* | sort | uniq -c | wc -l");
        _ = console.Expect("^1$", 120);
        console.Type("for cpu in $(seq 0 $(($(nproc) - 1))); do taskset -c $cpu awk '{ print \"on\", $39 }'"
            + " /proc/self/stat; done");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            _ = console.Expect($"^on {cpu}$", 30);
        }

        console.Type("dmesg | grep -ciE 'stall|soft lockup|hung task|watchdog: Marking|not responding'");
        _ = console.Expect("^0$", 20);
        _ = console.Expect(LinuxGuest.Prompt, 20);
        LinuxGuest.SwitchOff(console);
        console.ExpectNever("Kernel panic|PANIC|Call Trace");
    }

    /// <summary>Each runs to its own power-off; the host follows the last one.</summary>
    private static void AllSwitchOff(RunConsole console)
    {
        _ = console.Expect(LinuxGuest.Monitor);
        foreach (string name in s_names)
        {
            console.Type($"attach {name}");
            LinuxGuest.ReachShell(console);
            console.Type("nproc");
            _ = console.Expect("^2$", 20);
            _ = console.Expect(LinuxGuest.Prompt, 20);
            console.Type("poweroff");
            if (name != s_names[^1])
            {
                _ = console.Expect($"{name}: stopped", 90);
                _ = console.Expect(LinuxGuest.Monitor, 20);
            }
        }

        console.ExpectPowerOff(90);
        console.ExpectNever("Kernel panic|PANIC|Call Trace");
    }
}
