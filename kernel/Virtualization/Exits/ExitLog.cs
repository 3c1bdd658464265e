// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Virtualization.Exits;

/// <summary>What exits say in the log; every line is one that a guest can cause, so all are rate-limited.</summary>
internal static class ExitLog
{
    public static void RefusedMsr(VirtualCpu cpu, uint index)
    {
        // Kernels look for performance counters and the like by touching them; that is no news.
        bool isProbe = index is (>= 0xC001_0000 and <= 0xC001_0007) or (>= 0xC001_0200 and <= 0xC001_020B)
            or (>= 0x186 and <= 0x189) or (>= 0x38D and <= 0x390) or 0x345 or 0xCE or 0x34 or 0x606;
        if (!isProbe)
        {
            Log.Guest($"{cpu.MachineName}: vCPU {cpu.Index}: no MSR {index:x}, asked for at RIP {cpu.Registers.Rip:x}");
        }
    }
}
