// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>What of the host VMs are built from. Put together once, at boot.</summary>
public sealed class HostResources
{
    public HostResources(VirtualizationVendor vendor, Schedulers schedulers, HostMemory memory, HostClock clock)
    {
        Vendor = vendor;
        Frames = memory.Frames;
        Windows = memory.Windows;
        Clock = clock;
        Schedulers = schedulers;
    }

    public VirtualizationVendor Vendor { get; }

    /// <summary>The boot processor, on which VMs are built.</summary>
    public ProcessorVirtualization Processor => Schedulers[0].Virtualization!;

    public FrameAllocator Frames { get; }

    public VmWindows Windows { get; }

    public HostClock Clock { get; }

    public Schedulers Schedulers { get; }

    /// <summary>The files of the medium's /guests/ folder.</summary>
    public ModuleImage[] Files { get; init; } = new ModuleImage[0];

    /// <summary>Seconds since 1970 when <see cref="Clock"/> was at 0.</summary>
    public ulong UnixSecondsAtStart { get; init; }

    /// <summary>Gives every VM the port by which a test guest ends with a result.</summary>
    public bool HasDebugExit { get; init; }

    /// <summary>The file of that name; null where the medium has none.</summary>
    public ModuleImage? FindFile(string name)
    {
        foreach (ModuleImage file in Files)
        {
            if (file.Name == name)
            {
                return file;
            }
        }

        return null;
    }
}
