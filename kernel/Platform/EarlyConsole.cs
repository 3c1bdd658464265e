// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The serial port by polling, for boot and panic: takes no lock, allocates nothing, calls nothing virtual, and gives
/// up on a port that is never ready.
/// </summary>
public static class EarlyConsole
{
    public const ushort Com1 = 0x3f8;
    public const ushort Com2 = 0x2f8;

    private const int LineStatus = 5;
    private const byte TransmitterEmpty = 0x20;
    private const int Patience = 200_000;

    private static ushort s_port = Com1;

    /// <summary>The port that text goes to.</summary>
    public static ushort Port => s_port;

    /// <summary>
    /// Sets a 16550 at <paramref name="port"/> to 115200 8N1 with FIFOs and without interrupts, and uses it from now
    /// on.
    /// </summary>
    public static void Use(ushort port)
    {
        s_port = port;
        Out(1, 0x00);
        Out(3, 0x80);
        Out(0, 0x01);
        Out(1, 0x00);
        Out(3, 0x03);
        Out(2, 0x07);
        Out(4, 0x0b);
    }

    public static void Write(string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            Write((byte)text[index]);
        }
    }

    public static void Write(ReadOnlySpan<byte> text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            Write(text[index]);
        }
    }

    /// <summary>As <c>0x</c> and 16 digits.</summary>
    public static void WriteHex(ulong value)
    {
        Write("0x");
        for (int shift = 60; shift >= 0; shift -= 4)
        {
            int digit = (int)(value >> shift) & 0xf;
            Write((byte)(digit < 10 ? '0' + digit : 'a' + digit - 10));
        }
    }

    public static void WriteDecimal(uint value)
    {
        if (value >= 10)
        {
            WriteDecimal(value / 10);
        }

        Write((byte)('0' + (value % 10)));
    }

    public static void Write(byte value)
    {
        for (int tries = 0; tries < Patience; tries++)
        {
            if ((Instructions.In8((ushort)(s_port + LineStatus)) & TransmitterEmpty) != 0)
            {
                Out(0, value);
                return;
            }
        }
    }

    private static void Out(int register, byte value) => Instructions.Out8((ushort)(s_port + register), value);
}
