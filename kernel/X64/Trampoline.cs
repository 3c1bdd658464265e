// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Hypervisor.X64;

/// <summary>
/// The code at which a processor starts (boot/ApTrampoline.S): it is copied to a page below 1 MiB. One processor starts
/// at a time.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly unsafe struct Trampoline
{
    private readonly byte* _code;
    private readonly byte* _end;
    private readonly ulong _tablesOffset;
    private readonly ulong _firstTables;
    private readonly ProcessorStart* _start;

    /// <summary>What the next processor begins with.</summary>
    public static ref ProcessorStart Start => ref *GetLayout()->_start;

    /// <summary>
    /// Writes the code to a page; the image's byte at linear address <paramref name="image"/> lies at physical
    /// <paramref name="physicalImage"/>, below 4 GiB.
    /// </summary>
    public static void CopyTo(Span<byte> page, ulong image, ulong physicalImage)
    {
        Trampoline* layout = GetLayout();
        new ReadOnlySpan<byte>(layout->_code, (int)(layout->_end - layout->_code)).CopyTo(page);
        uint tables = (uint)(layout->_firstTables - image + physicalImage);
        MemoryMarshal.Write(page.Slice((int)layout->_tablesOffset), in tables);
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "HvTrampolineLayout")]
    private static extern Trampoline* GetLayout();
}
