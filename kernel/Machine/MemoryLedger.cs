// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>
/// Every counter of the host's memory that must be the same whenever no VM is there, with what it was at the first
/// look.
/// </summary>
internal sealed class MemoryLedger
{
    private static readonly string[] s_names =
    [
        "free frames", "reserved frames", "the hypervisor's frames", "regions' frames", "guest RAM's frames",
        "nested tables' frames", "modules' frames", "quarantined frames", "free blocks", "windows in use",
        "frames with an owner", "bytes in VMs' regions", "bytes used in the boot region",
        "bytes mapped in the boot region", "allocations after boot", "allocations after a start", "alarms",
    ];

    private readonly HostMemory _memory;
    private readonly MachineSlot _slot;
    private readonly DeadlineQueue _deadlines;
    private readonly long[] _before = new long[s_names.Length];
    private readonly long[] _now = new long[s_names.Length];

    public MemoryLedger(HostMemory memory, MachineSlot slot, DeadlineQueue deadlines)
    {
        _memory = memory;
        _slot = slot;
        _deadlines = deadlines;
    }

    /// <summary>From now on this is how it must be.</summary>
    public void Begin()
    {
        Look();
        _now.CopyTo(_before, 0);
    }

    /// <summary>The first counter that is not what it was; -1 where all are.</summary>
    public int FindChange()
    {
        Look();
        for (int index = 0; index < _now.Length; index++)
        {
            if (_now[index] != _before[index])
            {
                return index;
            }
        }

        return -1;
    }

    public static string NameOf(int index) => s_names[index];

    public long Before(int index) => _before[index];

    public long Now(int index) => _now[index];

    private void Look()
    {
        int next = 0;
        for (FrameKind kind = FrameKind.Free; kind <= FrameKind.Quarantined; kind++)
        {
            _now[next++] = _memory.Frames.Count(kind);
        }

        long owned = 0;
        long inRegions = 0;
        for (int slot = 0; slot < KernelLayout.WindowCount; slot++)
        {
            owned += _memory.Frames.CountOfOwner(slot);
            inRegions += (long)_memory.Windows[slot].Region.BytesUsed;
        }

        _now[next++] = _memory.Frames.FreeBlocks;
        _now[next++] = _memory.Windows.Taken;
        _now[next++] = owned;
        _now[next++] = inRegions;
        _now[next++] = (long)_memory.BootRegion.BytesUsed;
        _now[next++] = (long)_memory.BootRegion.BytesMapped;
        _now[next++] = _memory.BootRegion.AllocationsAfterSeal;
        _now[next++] = _slot.AllocationsAfterStart;
        _now[next] = _deadlines.Armed;
    }
}
