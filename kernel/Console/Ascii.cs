// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Console;

/// <summary>Compares typed bytes with names.</summary>
internal static class Ascii
{
    public const byte EndOfText = 0x03;
    public const byte Bell = 0x07;
    public const byte Tab = 0x09;
    public const byte Cancel = 0x18;
    public const byte Substitute = 0x1a;
    public const byte Escape = 0x1b;
    public const byte Backspace = 0x08;
    public const byte Delete = 0x7f;
    public const byte Return = (byte)'\r';
    public const byte LineFeed = (byte)'\n';
    public const byte Blank = (byte)' ';

    public static bool AreEqual(ReadOnlySpan<byte> typed, string name) =>
        typed.Length == name.Length && IsStart(typed, name);

    /// <summary>True where <paramref name="name"/> starts with what was typed.</summary>
    public static bool IsStart(ReadOnlySpan<byte> typed, string name)
    {
        if (typed.Length > name.Length)
        {
            return false;
        }

        for (int i = 0; i < typed.Length; i++)
        {
            if (typed[i] != name[i])
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsPrintable(byte value) => value is >= Blank and < Delete;
}
