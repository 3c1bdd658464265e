// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>One instruction on memory at RDI: its code, and which flags it defines.</summary>
internal sealed class MmioForm
{
    /// <summary>CF, PF, ZF, SF and OF. AF is left out: logic leaves it undefined.</summary>
    internal const uint Status = 0x8c5;
    internal const uint Carry = 0x001;

    internal MmioForm(string name, byte[] code, uint flags = Status)
    {
        Name = name;
        Code = code;
        Flags = flags;
    }

    internal string Name { get; }

    internal byte[] Code { get; }

    internal uint Flags { get; }
}
