// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// Asked at every NMI: whether the code that was interrupted has run for too long and is to be stopped. Takes no lock,
/// allocates nothing: an NMI comes at any instruction.
/// </summary>
public abstract class WatchdogHook
{
    /// <param name="interruptsAreOn">Whether the interrupted code could be interrupted.</param>
    public abstract StuckVerdict Judge(bool interruptsAreOn);

    /// <summary>Code that was stuck is being left.</summary>
    public abstract void Left();
}
