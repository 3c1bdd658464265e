// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>What is delivered through the guest's interrupt table.</summary>
public enum EventKind : byte
{
    None,

    /// <summary>An external interrupt.</summary>
    Interrupt,
    Nmi,

    /// <summary>An exception that the processor raises: a fault or a trap.</summary>
    Exception,

    /// <summary>INT n: RIP is advanced by its delivery.</summary>
    SoftwareInterrupt,

    /// <summary>INT3 or INTO: an exception that an instruction asked for.</summary>
    SoftwareException,
}
