// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>States of a 2 MiB block or a 4 KiB frame.</summary>
[Flags]
internal enum BlockFlags : byte
{
    None = 0,

    /// <summary>All bytes are zero.</summary>
    Zeroed = 1,

    /// <summary>The block's 512 frames have records of their own.</summary>
    Split = 2,

    /// <summary>A free block that is being zeroed at the moment.</summary>
    Zeroing = 4,
}
