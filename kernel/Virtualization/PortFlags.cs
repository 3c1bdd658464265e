// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization;

/// <summary>What kind of port access it was.</summary>
[Flags]
public enum PortFlags : byte
{
    None = 0,

    /// <summary>IN or INS.</summary>
    Input = 1 << 0,

    /// <summary>INS or OUTS: the operand is in memory.</summary>
    String = 1 << 2,

    /// <summary>With a REP prefix.</summary>
    Repeated = 1 << 3,

    All = Input | String | Repeated,
}
