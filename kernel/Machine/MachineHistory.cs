// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>What has happened to the VMs: the newest events in a ring, with running numbers.</summary>
public sealed class MachineHistory
{
    /// <summary>Events that are kept.</summary>
    public const int Capacity = 256;

    private readonly HostClock? _clock;
    private readonly SharedLock _lock = new(LockRank.Log, "events of the VMs");
    private readonly MachineEvent[] _events = new MachineEvent[Capacity];
    private long _next;

    /// <summary>Without a clock all is at 0.</summary>
    public MachineHistory(HostClock? clock)
    {
        _clock = clock;
    }

    /// <summary>The number of the event that comes next; the oldest that is kept is this less the capacity.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Writes an event down. None of the texts belongs to a VM: they outlive it.</summary>
    public void Add(string machine, string what, string detail = "")
    {
        ulong moment = _clock?.Now ?? 0;
        _lock.Acquire();
        ref MachineEvent place = ref _events[(int)(_next % Capacity)];
        place.Moment = moment;
        place.Machine = machine;
        place.What = what;
        place.Detail = detail;
        Volatile.Write(ref _next, _next + 1);
        _lock.Release();
    }

    /// <summary>Event <paramref name="number"/>; false where it is no longer kept or has not come yet.</summary>
    public bool TryRead(long number, out MachineEvent found)
    {
        _lock.Acquire();
        bool isKept = number >= 0 && number < _next && number >= _next - Capacity;
        found = isKept ? _events[(int)(number % Capacity)] : default;
        _lock.Release();
        return isKept;
    }
}
