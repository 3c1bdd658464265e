// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Boot;

/// <summary>Glyphs of 8 by 8 pixels for the letters of the one line that the screen ever shows.</summary>
internal static class ScreenFont
{
    public const int Size = 8;

    private const string Letters = "HCOM1250,8N:ypervisothcnlaug";

    /// <summary>
    /// The glyph's rows, the uppermost in the lowest byte; in a row the leftmost pixel is the highest bit.
    /// </summary>
    public static ulong GlyphOf(char letter)
    {
        int index = Letters.IndexOf(letter);
        return index < 0 ? 0 : Glyphs[index];
    }

    private static ReadOnlySpan<ulong> Glyphs =>
    [
        0x0044_4444_7c44_4444, 0x0038_4440_4040_4438, 0x0038_4444_4444_4438, 0x0044_4444_5454_6c44,
        0x0038_1010_1010_3010, 0x007c_2010_0804_4438, 0x0038_4404_0478_407c, 0x0038_4464_544c_4438,
        0x2010_1000_0000_0000, 0x0038_4444_3844_4438, 0x0044_444c_5454_6444, 0x0000_1010_0010_1000,
        0x3844_043c_4444_0000, 0x4040_7844_4478_0000, 0x0038_407c_4438_0000, 0x0040_4040_6458_0000,
        0x0010_2844_4444_0000, 0x0038_1010_1030_0010, 0x0078_0438_403c_0000, 0x0038_4444_4438_0000,
        0x0018_2420_2070_2020, 0x0044_4444_6458_4040, 0x0038_4440_4038_0000, 0x0044_4444_6458_0000,
        0x0038_1010_1010_1030, 0x003c_443c_0438_0000, 0x0034_4c44_4444_0000, 0x3804_3c44_443c_0000,
    ];
}
