// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>A real serial port, as the console sees it; a driver implements it.</summary>
public abstract class CharacterDevice
{
    /// <summary>
    /// Queues one byte for sending; false where the queue is full (the caller waits for <see cref="Ready"/>).
    /// </summary>
    public abstract bool TryWrite(byte value);

    /// <summary>The next received byte; false where there is none.</summary>
    public abstract bool TryRead(out byte value);

    /// <summary>Woken by the driver's interrupt when bytes have come or the send queue has drained.</summary>
    public Schedulable? Waiter { get; set; }
}
