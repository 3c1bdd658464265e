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
    Stuck,

    /// <summary>One more than the last that is contained.</summary>
    Count,

    /// <summary>An index out of range with a shared lock held: a panic.</summary>
    SharedLock,
}
