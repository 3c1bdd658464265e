// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// The segment and descriptor-table registers; the first six carry the numbers of the instruction encoding.
/// </summary>
public enum SegmentRegister : byte
{
    Es,
    Cs,
    Ss,
    Ds,
    Fs,
    Gs,

    /// <summary>The local descriptor table.</summary>
    Ldtr,

    /// <summary>The task register.</summary>
    Tr,

    /// <summary>The global descriptor table: base and limit only.</summary>
    Gdtr,

    /// <summary>The interrupt descriptor table: base and limit only.</summary>
    Idtr,
}
