// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Memory;

/// <summary>
/// What a mapping of the hypervisor's own address space allows. Nothing is both writable and executable.
/// </summary>
[Flags]
public enum PageAccess
{
    /// <summary>Reads only.</summary>
    Read = 0,

    Write = 1,

    Execute = 2,

    /// <summary>Registers of a device: never cached, never read ahead.</summary>
    Device = 4,
}
