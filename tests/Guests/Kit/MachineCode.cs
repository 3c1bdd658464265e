// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// Runs a few bytes of machine code with given registers, and tells the exception that they raise, if any.
/// </summary>
internal static unsafe class MachineCode
{
    internal const int NoException = -1;

    private const byte Return = 0xc3;

    /// <summary>The page that the code is copied to; the identity map makes it writable and executable.</summary>
    internal const ulong Page = 0xf00000;

    /// <summary>The address after the code's first bytes, or NoException's.</summary>
    internal static int Run(ReadOnlySpan<byte> code, ref RegisterFile registers)
    {
        Span<byte> page = new((void*)Page, 0x1000);
        code.CopyTo(page);
        page[code.Length] = Return;
        registers.Code = Page;
        return Run(ref registers);
    }

    internal static int Run(ReadOnlySpan<byte> code)
    {
        RegisterFile registers = default;
        return Run(code, ref registers);
    }

    /// <summary>As above, for code that is in memory already: <see cref="RegisterFile.Code"/> says where.</summary>
    internal static int Run(ref RegisterFile registers)
    {
        // Flags: only the fixed bit where the caller gives none; the interrupt flag stays what it is.
        registers.Flags = (registers.Flags & ~0x200ul) | 2 | (X64.Instructions.ReadFlags() & 0x200);
        return Execute(ref registers);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "GuestExecute")]
    private static extern int Execute(ref RegisterFile registers);
}
