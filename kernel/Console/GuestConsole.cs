// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Devices.Backends;
using Hypervisor.Platform;

namespace Hypervisor.Console;

/// <summary>
/// One guest's serial line on the host's side: what the guest said last, and what was typed for it. The guest's side
/// (its UART, one caller at a time) and the console's side (its task) share no lock, so neither waits for the other.
/// </summary>
public sealed class GuestConsole : CharacterBackend
{
    /// <summary>
    /// Bytes of output that are kept: one less than there is room for, because the guest writes the next over the
    /// oldest before it says so.
    /// </summary>
    public const int KeptBytes = Room - 1;

    /// <summary>A power of two.</summary>
    private const int Room = 64 * 1024;

    /// <summary>Bytes of input that wait for the guest; a power of two.</summary>
    public const int InputBytes = 4096;

    private readonly byte[] _kept = new byte[Room];
    private readonly byte[] _input = new byte[InputBytes];
    private long _written;
    private long _discarded;
    private long _shown;
    private long _dropped;
    private long _droppedSince;
    private long _typed;
    private long _taken;
    private int _readerWaits;

    /// <summary>Woken when the guest has said something new; the console.</summary>
    public Schedulable? Reader { get; set; }

    /// <summary>How many bytes the guest has sent so far: the position after the newest.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>How many of them have not been forgotten since.</summary>
    public long Remembered
    {
        get
        {
            // Read first: it never passes what was written when it is looked at.
            long discarded = Volatile.Read(ref _discarded);
            return Written - discarded;
        }
    }

    /// <summary>The position of the oldest byte that is kept.</summary>
    public long Oldest => Math.Max(Written - KeptBytes, Volatile.Read(ref _discarded));

    /// <summary>How far the console has shown it; what follows waits for somebody to read it.</summary>
    public long Shown => _shown;

    /// <summary>Bytes that were pushed out before anybody saw them and have not been forgotten since.</summary>
    public long Dropped
    {
        get
        {
            long discarded = Volatile.Read(ref _discarded);
            long seen = _droppedSince == discarded ? _dropped : 0;
            return seen + Math.Max(Written - KeptBytes - Math.Max(_shown, discarded), 0);
        }
    }

    public override void Write(byte value)
    {
        long position = _written;
        _kept[(int)(position & (Room - 1))] = value;
        Volatile.Write(ref _written, position + 1);

        // Order: the reader announces that it waits before it looks at the position for the last time.
        Interlocked.MemoryBarrier();
        if (_readerWaits != 0 && Interlocked.Exchange(ref _readerWaits, 0) != 0)
        {
            Reader?.Wake();
        }
    }

    public override bool TryRead(out byte value)
    {
        if (_taken == Volatile.Read(ref _typed))
        {
            value = 0;
            return false;
        }

        value = _input[(int)(_taken & (InputBytes - 1))];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }

    public override void DiscardInput() => Volatile.Write(ref _taken, Volatile.Read(ref _typed));

    public override void DiscardOutput() => Volatile.Write(ref _discarded, Written);

    /// <summary>Queues a byte for the guest; false where it takes none and the queue is full.</summary>
    public bool TryType(byte value)
    {
        if (_typed - Volatile.Read(ref _taken) >= InputBytes)
        {
            return false;
        }

        _input[(int)(_typed & (InputBytes - 1))] = value;
        Volatile.Write(ref _typed, _typed + 1);
        return true;
    }

    /// <summary>
    /// Copies what the guest said from <paramref name="position"/> on and moves the position behind it. Where that is
    /// no longer kept, the position first moves up to what is, and <paramref name="lost"/> says by how much.
    /// </summary>
    public int Read(ref long position, Span<byte> target, out long lost)
    {
        long start = Math.Max(position, Volatile.Read(ref _discarded));
        int count = (int)Math.Min(Written - start, target.Length);
        for (int i = 0; i < count; i++)
        {
            target[i] = Volatile.Read(ref _kept[(int)((start + i) & (Room - 1))]);
        }

        // Bytes that were overwritten while they were copied are lost as well; each was read before this look.
        lost = Math.Max(Oldest - start, 0);
        position = lost > 0 ? Oldest : start + count;
        return lost > 0 ? 0 : count;
    }

    /// <summary>
    /// Copies what was not shown yet; it counts as shown once <see cref="Show"/> says so. Where some of it is no longer
    /// kept, <paramref name="lost"/> says how much, and nothing is copied.
    /// </summary>
    public int Peek(Span<byte> target, out long lost)
    {
        long position = _shown;
        int count = Read(ref position, target, out lost);
        if (lost > 0)
        {
            // Only this side writes the count: it notices here that the other one has forgotten what was before.
            long discarded = Volatile.Read(ref _discarded);
            _dropped = lost + (_droppedSince == discarded ? _dropped : 0);
            _droppedSince = discarded;
            _shown = position;
        }
        else
        {
            _shown = position - count;
        }

        return count;
    }

    /// <summary>So many bytes more were shown.</summary>
    public void Show(int count) => _shown += count;

    /// <summary>
    /// Announces that the reader will wait: the next byte wakes it. True where there is nothing behind
    /// <paramref name="position"/>, so that it may.
    /// </summary>
    public bool PrepareToWait(long position)
    {
        _ = Interlocked.Exchange(ref _readerWaits, 1);
        return Written == position;
    }
}
