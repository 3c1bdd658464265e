// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>Gives back what a VM had whose vCPUs will never run again.</summary>
internal static class MachineReaper
{
    public static void Reap(MachineSlot slot)
    {
        VmWindow window = slot.Window!;
        slot.AllocationsAfterStart += window.Region.AllocationsAfterSeal;
        slot.Machine?.Release();
        long left = window.Destroy();
        slot.Detach();
        if (left != 0)
        {
            Log.Host($"{slot.Config.Name}: {left} frames were taken back that its tables still held");
        }
    }
}
