// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.X64;

/// <summary>What LGDT and LIDT read: where a descriptor table is and its length less one. SDM 3A, 2.4.1.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
public readonly struct TableDescriptor
{
    public readonly ushort Limit;
    public readonly ulong Base;

    public TableDescriptor(ulong tableBase, int bytes)
    {
        Limit = (ushort)(bytes - 1);
        Base = tableBase;
    }
}
