// SPDX-License-Identifier: MIT
using Hypervisor.Machine;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Console;

/// <summary>What a VM did between two looks at its counters: its share of a processor, and its exits by kind.</summary>
internal sealed class LoadMeter
{
    private const ulong Second = 1_000_000_000;

    private readonly MachineSlot _slot;
    private readonly HostClock _clock;
    private MachineCounters _before = new();
    private MachineCounters _now = new();
    private ulong _momentBefore;
    private ulong _moment;
    private bool _isThere;

    public LoadMeter(MachineSlot slot, HostClock clock)
    {
        _slot = slot;
        _clock = clock;
    }

    /// <summary>Looks at the counters.</summary>
    public void Measure()
    {
        (_before, _now) = (_now, _before);
        _momentBefore = _moment;
        _moment = _clock.Now;
        _isThere = _slot.State == MachineState.Running && _now.TryTake(_slot);
    }

    /// <summary>Says the figures of the time between the last two looks; 0 where there is no VM.</summary>
    public void Show(RecordWriter records)
    {
        ulong ticks = _clock.ToTicks(_moment - _momentBefore);
        ulong ran = Difference(_now.Ticks, _before.Ticks);
        records.Tenths("cpu%", ticks == 0 ? 0 : ran * 1000 / ticks, 6);
        records.Number("exits/s", Rate(_now.Exits, _before.Exits), 8);
        ulong other = Difference(_now.Exits, _before.Exits);
        other -= ShowKind(records, "port", ExitKind.PortAccess, 6);
        other -= ShowKind(records, "mmio", ExitKind.MemoryAccess, 6);
        other -= ShowKind(records, "msr", ExitKind.MsrAccess, 6);
        other -= ShowKind(records, "halt", ExitKind.Halt, 5);
        other -= ShowKind(records, "intr", ExitKind.HostInterrupt, 5);
        if (records.IsJson)
        {
            records.Number("other", PerSecond(other));
            ShowTotals(records);
        }

        ulong waited = Difference(_now.Run.WaitNanoseconds, _before.Run.WaitNanoseconds);
        ulong time = _moment - _momentBefore;
        records.Tenths("wait%", time == 0 ? 0 : waited * 1000 / time, 6);
    }

    /// <summary>
    /// Since the VM was started, in nanoseconds, and the host's time for which that is true: for scripts, which choose
    /// for themselves over how long they count.
    /// </summary>
    private void ShowTotals(RecordWriter records)
    {
        records.Number("time", _moment);
        records.Number("ran", _isThere ? _clock.ToNanoseconds(_now.Ticks) : 0);
        records.Number("waited", _isThere ? _now.Run.WaitNanoseconds : 0);
        records.Number("longest wait", _isThere ? _now.Run.LongestWait : 0);
        records.Number("moves", _isThere ? _now.Run.Migrations : 0);
    }

    private ulong ShowKind(RecordWriter records, string name, ExitKind kind, int width)
    {
        records.Number(name, Rate(_now.Of(kind), _before.Of(kind)), width);
        return Difference(_now.Of(kind), _before.Of(kind));
    }

    private ulong Rate(ulong now, ulong before) => PerSecond(Difference(now, before));

    /// <summary>A VM that was started in between has counted from 0.</summary>
    private ulong Difference(ulong now, ulong before)
    {
        if (!_isThere || _now.StartedAt != _before.StartedAt)
        {
            return _isThere ? now : 0;
        }

        // Counters that another processor writes may be seen a little late: nothing is shown then, not all.
        return now > before ? now - before : 0;
    }

    private ulong PerSecond(ulong count)
    {
        ulong milliseconds = (_moment - _momentBefore) / (Second / 1000);
        return milliseconds == 0 ? 0 : count * 1000 / milliseconds;
    }
}
