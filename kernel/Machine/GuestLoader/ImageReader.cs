// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>Reads numbers out of an image; beyond its end there are none.</summary>
internal static class ImageReader
{
    /// <summary>Up to <paramref name="length"/> bytes from an offset; fewer where the file ends before.</summary>
    public static byte[] ReadUpTo(ImageSource source, ulong offset, int length)
    {
        if (offset >= source.Length)
        {
            return new byte[0];
        }

        byte[] bytes = new byte[(int)Math.Min((ulong)length, source.Length - offset)];
        return source.Read(offset, bytes) ? bytes : new byte[0];
    }

    public static bool TryRead(ImageSource source, ulong offset, Span<byte> destination) =>
        offset <= source.Length && (ulong)destination.Length <= source.Length - offset
        && source.Read(offset, destination);
}
