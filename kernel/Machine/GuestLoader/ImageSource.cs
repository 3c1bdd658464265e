// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>The bytes of a file that a guest starts from, wherever they lie.</summary>
public abstract class ImageSource
{
    /// <summary>In bytes.</summary>
    public abstract ulong Length { get; }

    /// <summary>
    /// Fills <paramref name="destination"/> from <paramref name="offset"/> on; false where the file ends before or
    /// cannot be read.
    /// </summary>
    public abstract bool Read(ulong offset, Span<byte> destination);
}
