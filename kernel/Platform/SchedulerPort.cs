// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>What the layers below the scheduler may ask of it: to run a thing that has something to do.</summary>
public abstract class SchedulerPort
{
    /// <summary>
    /// Makes <paramref name="item"/> ready; see <see cref="Schedulable.Wake"/>. Callable from interrupts.
    /// </summary>
    public abstract void Ready(Schedulable item);
}
