// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.IO;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>Other people's kernels, of the kinds that are not a Linux of 64 bits.</summary>
internal static class KernelRuns
{
    public static readonly Run[] All =
    [
        Kernel("linux-686", "console=ttyS0", Linux("686"), LinuxRuns.Shell),
        Kernel("linux-686-pae", "console=ttyS0", Linux("686-pae"), LinuxRuns.Shell),
        Kernel("memtest", "console=ttyS0,115200", OfCache("memtest", "memtest"), TestsMemory) with { TimeLimit = 300 },
        Kernel("gnu-mach", "console=com0", OfCache("mach", "gnumach"), StartsMach) with { TimeLimit = 60 },
        Kernel("hypervisor-as-guest", "", Ourselves(), StartsTwice) with { TimeLimit = 90 },
        Kernel("kernel-refused", "", NoKernel(), IsRefused) with { TimeLimit = 60 },
    ];

    private static Run Kernel(
        string name, string commandLine, Dictionary<string, string> files, System.Action<RunConsole> script) => new()
        {
            Name = name,
            Part = Part.Emulator,
            Config = $"""
                [host]
                on_all_stopped = "{(script == IsRefused ? "poweroff" : "monitor")}"

                [[vm]]
                name    = "guest"
                memory  = "256M"
                kernel  = "kernel"
                cmdline = "{commandLine}"
                {(files.ContainsKey("initrd.img") ? "initrd = \"initrd.img\"" : "")}
                """,
            Files = files,
            Script = script,
        };

    /// <summary>A Linux of 32 bits: its bzImage has no other entry than the 32-bit one.</summary>
    private static Dictionary<string, string> Linux(string kind) => new()
    {
        ["kernel"] = LinuxGuest.InCache(kind, "vmlinuz"),
        ["initrd.img"] = LinuxGuest.InCache("busybox-686", "initrd.img"),
    };

    private static Dictionary<string, string> OfCache(string kind, string file) => new()
    {
        ["kernel"] = LinuxGuest.InCache(kind, file),
    };

    private static Dictionary<string, string> Ourselves() => new()
    {
        ["kernel"] = RepositoryPaths.Hypervisor("release"),
    };

    private static Dictionary<string, string> NoKernel() => new()
    {
        ["kernel"] = Path.Combine(RepositoryPaths.Root, "LICENSE"),
    };

    /// <summary>Memtest86+ (bzImage, 32-bit entry) draws its screen, tests, and its clock goes on.</summary>
    private static void TestsMemory(RunConsole console)
    {
        _ = console.Expect(@"Memtest86\+ v");
        _ = console.Expect(@"Testing");
        _ = console.Expect(@"0:00:0[5-9]|0:00:[1-5]\d|0:0[1-9]:");
        console.ExpectNever("Unexpected interrupt");
    }

    /// <summary>
    /// GNU Mach (multiboot 1, ELF) comes up as far as it can without the Hurd, and says what it misses.
    /// </summary>
    private static void StartsMach(RunConsole console)
    {
        _ = console.Expect("GNU Mach ");
        _ = console.Expect("biosmem: 0+100000:0+10000000, available");
        _ = console.Expect("RTC time is 20");
        _ = console.Expect("No bootstrap code loaded with the kernel!");
    }

    /// <summary>
    /// The hypervisor is a multiboot 2 kernel itself: as a guest it boots to its monitor and has no guests.
    /// </summary>
    private static void StartsTwice(RunConsole console)
    {
        _ = console.Expect("guest: started");
        _ = console.Expect("^image at 0x");
        _ = console.Expect("no guests can run: ");
        _ = console.Expect(LinuxGuest.Monitor);
        console.Type("mem");
        _ = console.Expect("boot region", 20);
        _ = console.Expect(LinuxGuest.Monitor, 20);
        LinuxGuest.SwitchOff(console);
    }

    /// <summary>The reason is the last thing that is seen before the host switches itself off.</summary>
    private static void IsRefused(RunConsole console)
    {
        _ = console.Expect("guest: cannot start: not a kernel that can be started; known are Linux bzImage");
        console.ExpectPowerOff();
    }
}
