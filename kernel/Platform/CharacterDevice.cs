// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>A real serial port, as the console sees it; a driver implements it.</summary>
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

    /// <summary>Woken by the driver's interrupt when bytes have come or the send queue has drained.</summary>
    public Schedulable? Waiter { get; set; }
}
