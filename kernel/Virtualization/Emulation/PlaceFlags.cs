// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>What a segment says about an address in it.</summary>
[Flags]
internal enum PlaceFlags : byte
{
    None = 0,

    /// <summary>It is the stack segment.</summary>
    Stack = 1,

    /// <summary>The limit does not reach so far.</summary>
    BeyondLimit = 2,

    /// <summary>Code, or data that cannot be written.</summary>
    ReadOnly = 4,
}
