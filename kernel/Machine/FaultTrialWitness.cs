// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>
/// A VM beside the one that faults are made in: it lives through all of them, and its guest goes on. There may be none.
/// </summary>
internal sealed class FaultTrialWitness
{
    private readonly MachineSlot? _slot;
    private readonly MachineCounters _counters = new();
    private ulong _seen;

    public FaultTrialWitness(MachineSlot? slot)
    {
        _slot = slot;
        if (slot != null)
        {
            FaultInjector.Spare(slot.Share);
        }
    }

    /// <summary>It has ended, however: nothing was to happen to it.</summary>
    public bool HasEnded => _slot != null && _slot.Starts + _slot.Crashes > 1;

    /// <summary>True where its guest has left for the hypervisor since the last time that this was true.</summary>
    public bool HasGoneOn()
    {
        if (_slot == null)
        {
            return true;
        }

        if (!_counters.TryTake(_slot) || _counters.Exits <= _seen)
        {
            return false;
        }

        _seen = _counters.Exits;
        return true;
    }
}
