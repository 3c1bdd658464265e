// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace Hypervisor.Platform;

/// <summary>
/// The armed alarms of one clock, the earliest on top. Room for all of them is taken when it is made.
/// </summary>
public sealed class AlarmHeap
{
    private readonly Alarm?[] _alarms;

    public AlarmHeap(int capacity)
    {
        _alarms = new Alarm?[capacity];
    }

    public int Count { get; private set; }

    /// <summary>The alarm that is due first; null where none is armed.</summary>
    public Alarm? First => _alarms[0];

    /// <summary>Adds or moves an alarm. More alarms than the capacity are a fault.</summary>
    public void Set(Alarm alarm, ulong deadline)
    {
        alarm.Deadline = deadline;
        if (!alarm.IsArmed)
        {
            Place(alarm, Count);
            Count++;
        }

        SiftUp(alarm.HeapIndex);
        SiftDown(alarm.HeapIndex);
    }

    /// <summary>Takes an alarm out; one that is not armed stays so.</summary>
    public void Remove(Alarm alarm)
    {
        if (!alarm.IsArmed)
        {
            return;
        }

        int hole = alarm.HeapIndex;
        alarm.HeapIndex = -1;
        Count--;
        Alarm last = _alarms[Count]!;
        _alarms[Count] = null;
        if (last != alarm)
        {
            Place(last, hole);
            SiftUp(hole);
            SiftDown(last.HeapIndex);
        }
    }

    /// <summary>Takes the alarm out that is due first, where its moment has come; false where none has.</summary>
    public bool TryTakeDue(ulong now, [NotNullWhen(true)] out Alarm? due)
    {
        due = First;
        if (due == null || due.Deadline > now)
        {
            due = null;
            return false;
        }

        Remove(due);
        return true;
    }

    private void SiftUp(int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_alarms[parent]!.Deadline <= _alarms[index]!.Deadline)
            {
                return;
            }

            Swap(index, parent);
            index = parent;
        }
    }

    private void SiftDown(int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= Count)
            {
                return;
            }

            if (child + 1 < Count && _alarms[child + 1]!.Deadline < _alarms[child]!.Deadline)
            {
                child++;
            }

            if (_alarms[index]!.Deadline <= _alarms[child]!.Deadline)
            {
                return;
            }

            Swap(index, child);
            index = child;
        }
    }

    private void Swap(int left, int right)
    {
        Alarm alarm = _alarms[left]!;
        Place(_alarms[right]!, left);
        Place(alarm, right);
    }

    private void Place(Alarm alarm, int index)
    {
        _alarms[index] = alarm;
        alarm.HeapIndex = index;
    }
}
