// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>What the kinds of exits are called in statistics and reports.</summary>
public static class ExitNames
{
    private static readonly string[] s_names =
    [
        "none", "host interrupt", "cpuid", "hypercall", "halt", "port access", "msr access", "memory access",
        "control register", "debug register", "exception", "xsetbv", "timestamp counter", "performance counter",
        "pause", "interrupt window", "nmi window", "cache control", "invalidate page", "monitor",
        "virtualization instruction", "task switch", "shutdown", "invalid state", "apic write", "end of interrupt",
        "unexpected",
    ];

    /// <summary>How many kinds there are.</summary>
    public static int Count => (int)ExitKind.Count;

    public static string Of(ExitKind kind) => (uint)kind < (uint)s_names.Length ? s_names[(int)kind] : "unknown";
}
