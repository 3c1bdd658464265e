// SPDX-License-Identifier: MIT
namespace Hypervisor.Simulated;

/// <summary>Where a simulated processor is in its loop.</summary>
internal enum SimulatedMode
{
    Choosing,
    Running,

    /// <summary>The thing has looked, found nothing to do, and has not said yet that it waits.</summary>
    Ending,

    /// <summary>Nothing was there to run; interrupts are still on.</summary>
    Halting,
    Halted,
}
