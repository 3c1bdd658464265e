// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace System;

/// <summary>
/// The block moves that ilc calls by these names; the work is done by string instructions in Runtime.S.
/// </summary>
internal static unsafe class SpanHelpers
{
    // Under this many bytes a plain loop beats the start-up cost of the string instructions.
    private const nuint ShortLimit = 32;

    [Intrinsic]
    public static void Memmove(ref byte dest, ref byte src, nuint len)
    {
        byte* target = (byte*)Unsafe.AsPointer(ref dest);
        byte* source = (byte*)Unsafe.AsPointer(ref src);
        if ((nuint)target - (nuint)source < len)
        {
            MoveDown(target, source, len);
        }
        else if (len > ShortLimit)
        {
            RuntimeImports.MoveBytes(target, source, len);
        }
        else
        {
            MoveUp(target, source, len);
        }
    }

    [Intrinsic]
    public static void ClearWithoutReferences(ref byte dest, nuint len) => Fill(ref dest, 0, len);

    [Intrinsic]
    public static void Fill(ref byte dest, byte value, nuint len)
    {
        byte* target = (byte*)Unsafe.AsPointer(ref dest);
        if (len > ShortLimit)
        {
            RuntimeImports.FillBytes(target, value, len);
            return;
        }
        for (nuint i = 0; i < len; i++)
        {
            target[i] = value;
        }
    }

    private static void MoveUp(byte* target, byte* source, nuint length)
    {
        while (length >= 8)
        {
            *(ulong*)target = *(ulong*)source;
            target += 8;
            source += 8;
            length -= 8;
        }
        while (length != 0)
        {
            *target++ = *source++;
            length--;
        }
    }

    private static void MoveDown(byte* target, byte* source, nuint length)
    {
        while (length >= 8)
        {
            length -= 8;
            *(ulong*)(target + length) = *(ulong*)(source + length);
        }
        while (length != 0)
        {
            length--;
            target[length] = source[length];
        }
    }
}
