// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine.GuestLoader;

namespace Hypervisor.Unit.Machine.GuestLoader;

/// <summary>An image in an array.</summary>
internal sealed class ArraySource : ImageSource
{
    private readonly byte[] _bytes;

    public ArraySource(byte[] bytes)
    {
        _bytes = bytes;
    }

    public override ulong Length => (ulong)_bytes.Length;

    public override bool Read(ulong offset, Span<byte> destination)
    {
        // A loader that asks beyond the end has a mistake that only luck would hide.
        if (offset > Length || (ulong)destination.Length > Length - offset)
        {
            throw new InvalidOperationException("read beyond the end");
        }

        _bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return true;
    }
}
