// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>
/// A real serial port, as the console sees it; a driver implements it. A fault in the driver's code stays in it: the
/// call is a no, what was queued is lost, and the waiter is woken.
/// </summary>
public abstract class CharacterDevice
{
    /// <summary>
    /// Queues one byte for sending; false where the queue is full (the caller waits for <see cref="Ready"/>).
    /// </summary>
    public abstract bool TryWrite(byte value);

    /// <summary>Bytes wait for the device to take them.</summary>
    public abstract bool HasQueued { get; }

    /// <summary>The device has not sent all that it took.</summary>
    public abstract bool IsSending { get; }

    /// <summary>The next received byte; false where there is none.</summary>
    public abstract bool TryRead(out byte value);

    /// <summary>Faults in the driver's code so far.</summary>
    public abstract ulong Faults { get; }

    /// <summary>The kind of the last of them.</summary>
    public abstract FaultKind LastFault { get; }

    /// <summary>Times that the device was set up anew after one.</summary>
    public abstract ulong Resets { get; }

    /// <summary>Woken by the driver's interrupt when bytes have come or the send queue has drained.</summary>
    public Schedulable? Waiter { get; set; }
}
