// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// The ready things of one processor in the order in which they will run. Linked through the things themselves, so that
/// queueing never allocates. Not locked: its scheduler calls it with interrupts off.
/// </summary>
public sealed class RunQueue
{
    private Schedulable? _first;
    private Schedulable? _last;

    public int Count { get; private set; }

    /// <summary>Behind everything else: its slice is over, or it is a vCPU that was woken.</summary>
    public void Append(Schedulable item)
    {
        item.Next = null;
        if (_last == null)
        {
            _first = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        Count++;
    }

    /// <summary>Before everything else: a host task that was woken, whose work is short.</summary>
    public void Prepend(Schedulable item)
    {
        item.Next = _first;
        _first = item;
        _last ??= item;
        Count++;
    }

    /// <summary>Takes the next thing to run; null where nothing is ready.</summary>
    public Schedulable? TakeFirst()
    {
        Schedulable? item = _first;
        if (item == null)
        {
            return null;
        }

        _first = item.Next;
        if (_first == null)
        {
            _last = null;
        }

        item.Next = null;
        Count--;
        return item;
    }
}
