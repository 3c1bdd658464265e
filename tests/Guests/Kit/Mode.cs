// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>The modes that Modes.S can visit.</summary>
[AssemblyOffsets("MODE")]
internal enum Mode
{
    /// <summary>32-bit code under long mode.</summary>
    Compatibility = 0,

    /// <summary>32-bit protected mode, paging off.</summary>
    Flat = 1,

    /// <summary>32-bit paging with pages of 4 MiB.</summary>
    TwoLevels = 2,

    /// <summary>PAE paging with pages of 2 MiB.</summary>
    ThreeLevels = 3,

    /// <summary>Real mode, by way of 16-bit protected mode.</summary>
    Real = 4,
}
