// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>What an injected fault does.</summary>
public enum InjectedFault
{
    Index,
    Null,
    Cast,
    Overflow,
    Divide,
    UnmappedAddress,
    GeneralProtection,
    InvalidOpcode,
    StackOverflow,

    /// <summary>
    /// Never comes back. With interrupts off where the scheduler would take the processor away from it.
    /// </summary>
    Stuck,

    /// <summary>One more than the last.</summary>
    Count,
}
