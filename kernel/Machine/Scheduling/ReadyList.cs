// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>
/// Ready things in the order of their coming, linked through the things themselves, so that queueing never allocates.
/// </summary>
internal sealed class ReadyList
{
    private Schedulable? _last;

    public Schedulable? First { get; private set; }

    public int Count { get; private set; }

    public void Append(Schedulable item)
    {
        item.Next = null;
        if (_last == null)
        {
            First = item;
        }
        else
        {
            _last.Next = item;
        }

        _last = item;
        Count++;
    }

    /// <summary>Takes out a thing of the list, behind <paramref name="previous"/> (null: it is the first).</summary>
    public void RemoveAfter(Schedulable? previous, Schedulable item)
    {
        if (previous == null)
        {
            First = item.Next;
        }
        else
        {
            previous.Next = item.Next;
        }

        if (_last == item)
        {
            _last = previous;
        }

        item.Next = null;
        Count--;
    }
}
