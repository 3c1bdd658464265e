// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Asked at every NMI: whether the code that was interrupted has run for too long and is to be stopped. Takes no lock,
/// allocates nothing: an NMI comes at any instruction.
/// </summary>
public abstract class WatchdogHook
{
    public abstract StuckVerdict Judge();

    /// <summary>Code that was stuck is being left.</summary>
    public abstract void Left();
}
