// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>Sizes as a configuration writes them: <c>"256M"</c>.</summary>
public static class SizeText
{
    private const ulong Kibi = 1024;

    /// <summary>
    /// Reads a whole number with K, M or G (powers of 1024); false for anything else, and beyond 2^63.
    /// </summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        bytes = 0;
        if (text.Length is < 2 or > 18)
        {
            return false;
        }

        ulong number = 0;
        for (int i = 0; i < text.Length - 1; i++)
        {
            if (text[i] is < '0' or > '9')
            {
                return false;
            }

            number = (number * 10) + (uint)(text[i] - '0');
        }

        ulong unit = text[text.Length - 1] switch
        {
            'K' => Kibi,
            'M' => Kibi * Kibi,
            'G' => Kibi * Kibi * Kibi,
            _ => 0,
        };
        if (unit == 0 || number > (1UL << 63) / unit)
        {
            return false;
        }

        bytes = number * unit;
        return true;
    }

    /// <summary>The size in the largest unit that divides it; bytes otherwise.</summary>
    public static string Format(ulong bytes)
    {
        var text = new TextBuilder();
        if (bytes == 0 || bytes % Kibi != 0)
        {
            return text.Append(bytes).Append(bytes == 1 ? " byte" : " bytes").ToString();
        }

        return bytes % (Kibi * Kibi) != 0
            ? text.Append(bytes / Kibi).Append('K').ToString()
            : bytes % (Kibi * Kibi * Kibi) != 0
                ? text.Append(bytes / (Kibi * Kibi)).Append('M').ToString()
                : text.Append(bytes / (Kibi * Kibi * Kibi)).Append('G').ToString();
    }
}
