// SPDX-License-Identifier: MIT
using System.Numerics;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// The arithmetic of the emulated instructions, with the flags as the manuals define them (APM volume 3).
/// Undefined flags are left as they were.
/// </summary>
internal static class Arithmetic
{
    public const ulong Carry = 1 << 0;
    public const ulong Parity = 1 << 2;
    public const ulong Auxiliary = 1 << 4;
    public const ulong Zero = 1 << 6;
    public const ulong Sign = 1 << 7;
    public const ulong Overflow = 1 << 11;
    public const ulong Status = Carry | Parity | Auxiliary | Zero | Sign | Overflow;

    public static ulong SignBit(int size) => 1UL << ((8 * size) - 1);

    public static ulong SignExtend(ulong value, int size)
    {
        int unused = 64 - (8 * size);
        return (ulong)((long)(value << unused) >> unused);
    }

    public static ulong And(ulong left, ulong right, int size, ref ulong flags) => Logic(left & right, size, ref flags);

    public static ulong Or(ulong left, ulong right, int size, ref ulong flags) => Logic(left | right, size, ref flags);

    public static ulong Xor(ulong left, ulong right, int size, ref ulong flags) => Logic(left ^ right, size, ref flags);

    public static ulong Add(ulong left, ulong right, ulong carry, int size, ref ulong flags)
    {
        ulong result = LinearMemory.Truncate(left + right + carry, size);
        ulong carries = (left & right) | ((left | right) & ~result);
        ulong overflow = (left ^ result) & (right ^ result);
        SetArithmetic(carries, overflow, left ^ right ^ result, result, size, ref flags);
        return result;
    }

    public static ulong Subtract(ulong left, ulong right, ulong borrow, int size, ref ulong flags)
    {
        ulong result = LinearMemory.Truncate(left - right - borrow, size);
        ulong borrows = (~left & right) | ((~left | right) & result);
        ulong overflow = (left ^ right) & (left ^ result);
        SetArithmetic(borrows, overflow, left ^ right ^ result, result, size, ref flags);
        return result;
    }

    /// <summary>INC and DEC leave the carry flag alone.</summary>
    public static ulong Increment(ulong value, int size, ref ulong flags)
    {
        ulong carry = flags & Carry;
        ulong result = Add(value, 1, 0, size, ref flags);
        flags = (flags & ~Carry) | carry;
        return result;
    }

    public static ulong Decrement(ulong value, int size, ref ulong flags)
    {
        ulong carry = flags & Carry;
        ulong result = Subtract(value, 1, 0, size, ref flags);
        flags = (flags & ~Carry) | carry;
        return result;
    }

    /// <summary>SHL, SHR and SAR by a count that is masked to the operand's width (5 or 6 bits).</summary>
    public static ulong Shift(EmulatedOperation operation, ulong value, ulong count, int size, ref ulong flags)
    {
        int bits = 8 * size;
        int by = (int)(count & (size == 8 ? 63u : 31u));
        if (by == 0)
        {
            return value;
        }

        ulong result;
        bool carry;
        bool overflow = (flags & Overflow) != 0;
        ulong sign = SignBit(size);
        if (operation == EmulatedOperation.ShiftLeft)
        {
            carry = by <= bits && ((value >> (bits - by)) & 1) != 0;
            result = by >= bits ? 0 : LinearMemory.Truncate(value << by, size);
            overflow = by == 1 ? ((result & sign) != 0) != carry : overflow;
        }
        else
        {
            bool isSigned = operation == EmulatedOperation.ShiftRightArithmetic;
            long wide = isSigned ? (long)SignExtend(value, size) : (long)value;
            int step = by >= 64 ? 63 : by;
            carry = isSigned ? ((wide >> (step - 1)) & 1) != 0 : by <= bits && ((value >> (by - 1)) & 1) != 0;
            result = isSigned ? LinearMemory.Truncate((ulong)(wide >> step), size) : by >= bits ? 0 : value >> by;
            overflow = by == 1 ? !isSigned && (value & sign) != 0 : overflow;
        }

        flags &= ~(Carry | Overflow | Zero | Sign | Parity);
        flags |= (carry ? Carry : 0) | (overflow ? Overflow : 0) | ResultFlags(result, size);
        return result;
    }

    private static ulong Logic(ulong result, int size, ref ulong flags)
    {
        result = LinearMemory.Truncate(result, size);
        flags = (flags & ~(Carry | Overflow | Zero | Sign | Parity | Auxiliary)) | ResultFlags(result, size);
        return result;
    }

    private static void SetArithmetic(ulong carries, ulong overflow, ulong halfCarry, ulong result, int size,
        ref ulong flags)
    {
        ulong sign = SignBit(size);
        flags = (flags & ~Status)
            | ((carries & sign) != 0 ? Carry : 0)
            | ((overflow & sign) != 0 ? Overflow : 0)
            | (halfCarry & Auxiliary)
            | ResultFlags(result, size);
    }

    private static ulong ResultFlags(ulong result, int size) =>
        (result == 0 ? Zero : 0)
        | ((result & SignBit(size)) != 0 ? Sign : 0)
        | ((BitOperations.PopCount((uint)(byte)result) & 1) == 0 ? Parity : 0);
}
