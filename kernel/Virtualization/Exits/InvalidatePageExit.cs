// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>INVLPG: everything is flushed, which is more than was asked.</summary>
internal static class InvalidatePageExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        cpu.FlushTlb();
        return ExitAction.NextInstruction;
    }
}
