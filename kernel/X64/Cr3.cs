// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Control register 3: the root of the page tables. SDM 3A, 2.5 and 4.5.</summary>
[Register(typeof(ulong))]
public readonly partial struct Cr3
{
    /// <summary>The process-context identifier where CR4.PCIDE is set; else bits 3 and 4 are PWT and PCD.</summary>
    [Bits(11, 0)]
    public partial ushort ProcessContext { get; init; }

    /// <summary>The number of the 4 KiB frame that holds the root.</summary>
    [Bits(51, 12)]
    public partial ulong RootFrame { get; init; }

    /// <summary>Only written: cached translations of this context stay.</summary>
    [Bit(63)]
    public partial bool KeepTranslations { get; init; }
}
