// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// The maps of ports and MSRs that leave the guest (APM volume 2, 15.10.1 and 15.11). All vCPUs share them: every port
/// leaves, and every MSR but those that the processor switches with the guest.
/// </summary>
internal sealed unsafe class PermissionMap
{
    /// <summary>Bytes of the port map; the third page is for accesses that begin at port FFFFh.</summary>
    private const ulong PortMapSize = 3 * FrameAllocator.FrameSize;
    private const ulong MsrMapSize = 2 * FrameAllocator.FrameSize;
    private const int FrameCount = 5;
    private const int MsrRangeSize = 0x800;

    private PermissionMap(HostPhysical ports, HostPhysical msrs)
    {
        Ports = ports;
        Msrs = msrs;
    }

    public HostPhysical Ports { get; }

    public HostPhysical Msrs { get; }

    /// <summary>
    /// Makes both maps with everything leaving; null where no frames that follow each other were found.
    /// </summary>
    public static PermissionMap? TryCreate(FrameAllocator frames)
    {
        if (!FrameRun.TryAllocate(frames, FrameCount, out HostPhysical start))
        {
            return null;
        }

        ulong* words = (ulong*)DirectMap.ToPointer(start);
        for (ulong index = 0; index < (PortMapSize + MsrMapSize) / sizeof(ulong); index++)
        {
            words[index] = ulong.MaxValue;
        }

        var map = new PermissionMap(start, start.Add(PortMapSize));
        foreach (uint msr in SwitchedMsrs.All)
        {
            map.Allow(msr);
        }

        return map;
    }

    /// <summary>Two bits per MSR, read and write, in three ranges of 8192.</summary>
    private void Allow(uint msr)
    {
        int range = msr >= 0xC001_0000 ? 2 : msr >= 0xC000_0000 ? 1 : 0;
        byte* bytes = (byte*)DirectMap.ToPointer(Msrs) + (range * MsrRangeSize);
        uint bit = (msr & 0x1FFF) * 2;
        bytes[bit / 8] &= (byte)~(3 << (int)(bit % 8));
    }
}
