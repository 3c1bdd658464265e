// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>How a guest's linear addresses are translated (APM volume 2, 5.1).</summary>
public enum PagingMode : byte
{
    /// <summary>CR0.PG = 0: linear is physical.</summary>
    None,

    /// <summary>Two levels of 32-bit entries.</summary>
    Legacy32,

    /// <summary>Three levels of 64-bit entries.</summary>
    Pae,

    /// <summary>Four levels: 48-bit addresses.</summary>
    FourLevel,

    /// <summary>Five levels: 57-bit addresses.</summary>
    FiveLevel,
}
