// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Boot.Loader;
using Hypervisor.Memory;

namespace Hypervisor.Boot;

/// <summary>
/// Says on the screen where the console is, so that nobody sits before a blank one. The screen is never used again.
/// </summary>
internal static unsafe class ScreenLine
{
    private const ulong MappedAtBoot = 4UL << 30;
    private const int TextAttribute = 0x0700;
    private const uint LeftMargin = 16;
    private const uint TopMargin = 16;

    /// <summary>
    /// Clears the screen and writes one line of ASCII. Works with the page tables of the start only; a
    /// screen beyond 4 GiB stays as it is.
    /// </summary>
    public static void Show(in Framebuffer screen, string text)
    {
        ulong length = (ulong)screen.Pitch * screen.Height;
        if (screen.Kind == FramebufferKind.None || screen.Start.Value >= MappedAtBoot
            || length > MappedAtBoot - screen.Start.Value)
        {
            return;
        }

        byte* start = DirectMap.ToPointer(screen.Start);
        if (screen.Kind == FramebufferKind.Text)
        {
            ShowCharacters((ushort*)start, screen, text);
        }
        else if (screen.Kind == FramebufferKind.Direct && screen.BitsPerPixel is 16 or 24 or 32)
        {
            ShowPixels(start, screen, text);
        }
    }

    private static void ShowCharacters(ushort* cells, in Framebuffer screen, string text)
    {
        uint count = screen.Pitch / 2 * screen.Height;
        for (uint cell = 0; cell < count; cell++)
        {
            char letter = cell < (uint)text.Length && cell < screen.Width ? text[(int)cell] : ' ';
            Volatile.Write(ref cells[cell], (ushort)(TextAttribute | letter));
        }
    }

    private static void ShowPixels(byte* start, in Framebuffer screen, string text)
    {
        for (uint row = 0; row < screen.Height; row++)
        {
            for (uint at = 0; at < screen.Pitch / 4; at++)
            {
                Volatile.Write(ref ((uint*)(start + ((ulong)row * screen.Pitch)))[at], 0);
            }
        }

        uint scale = screen.Width >= (uint)(text.Length + 4) * ScreenFont.Size * 2 ? 2u : 1u;
        for (int index = 0; index < text.Length; index++)
        {
            ulong glyph = ScreenFont.GlyphOf(text[index]);
            uint left = LeftMargin + ((uint)index * ScreenFont.Size * scale);
            for (int pixel = 0; pixel < ScreenFont.Size * ScreenFont.Size; pixel++)
            {
                uint x = (uint)(ScreenFont.Size - 1 - (pixel % ScreenFont.Size)) * scale;
                uint y = (uint)(pixel / ScreenFont.Size) * scale;
                if (((glyph >> pixel) & 1) != 0)
                {
                    ShowPixel(start, screen, left + x, TopMargin + y, scale);
                }
            }
        }
    }

    private static void ShowPixel(byte* start, in Framebuffer screen, uint left, uint top, uint scale)
    {
        uint bytes = screen.BitsPerPixel / 8u;
        for (uint y = top; y < top + scale && y < screen.Height; y++)
        {
            for (uint x = left; x < left + scale && x < screen.Width; x++)
            {
                byte* pixel = start + ((ulong)y * screen.Pitch) + (x * bytes);
                for (uint part = 0; part < bytes; part++)
                {
                    Volatile.Write(ref pixel[part], 0xc0);
                }
            }
        }
    }
}
