// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Exits;

/// <summary>The guest can take what waits for it: the gate looks before the next entry.</summary>
internal static class WindowExit
{
    public static ExitAction Handle(VirtualCpu cpu)
    {
        cpu.HasEvents = true;
        return ExitAction.Resume;
    }
}
