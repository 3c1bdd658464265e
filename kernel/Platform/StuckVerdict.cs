// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>What the watchdog thinks of the code that its NMI has interrupted.</summary>
public enum StuckVerdict
{
    /// <summary>It gets on, or there is nothing to get on with.</summary>
    Fine,

    /// <summary>It does not come back: it is to be left, at this instruction or at that of the next NMI.</summary>
    Stuck,

    /// <summary>It has been so for long, and could not be left at any of several NMIs.</summary>
    StuckForGood,
}
