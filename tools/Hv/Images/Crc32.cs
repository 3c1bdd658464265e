// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Tool.Images;

/// <summary>The CRC of IEEE 802.3, as partition tables use it.</summary>
internal static class Crc32
{
    private const uint ReversedPolynomial = 0xedb88320;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? ReversedPolynomial : 0);
            }
        }

        return ~crc;
    }
}
