// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// One alarm of a device. The device derives from it and is called back when the moment is due, with its VM's fault
/// boundary in place and interrupts enabled, never from an interrupt handler.
/// </summary>
public abstract class VirtualTimer
{
    /// <summary>The clock's: the moment in its nanoseconds, and the place in its heap (-1: not armed).</summary>
    public ulong Deadline;
    public int HeapIndex = -1;

    public bool IsArmed => HeapIndex >= 0;

    /// <summary>The moment has come. <paramref name="now"/> is the clock's present, at or after the deadline.</summary>
    public abstract void Fire(ulong now);
}
