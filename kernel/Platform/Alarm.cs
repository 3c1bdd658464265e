// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// One moment at which somebody wants to be called: in nanoseconds of the clock that it is armed with.
/// </summary>
public abstract class Alarm
{
    /// <summary>The moment, and the place in the clock's heap (-1: not armed). Both are the heap's to write.</summary>
    public ulong Deadline { get; internal set; }
    public int HeapIndex { get; internal set; } = -1;

    public bool IsArmed => HeapIndex >= 0;

    /// <summary>The moment has come. <paramref name="now"/> is the clock's present, at or after the deadline.</summary>
    public abstract void Fire(ulong now);
}
