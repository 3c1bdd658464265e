// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Asked at every NMI: whether the code that was interrupted has run for too long and is to be stopped.
/// </summary>
public abstract class WatchdogHook
{
    /// <summary>Takes no lock, allocates nothing: an NMI comes at any instruction.</summary>
    public abstract bool IsStuck();
}
