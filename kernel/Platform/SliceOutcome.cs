// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>Why a slice ended, and so what the scheduler does next.</summary>
public enum SliceOutcome
{
    /// <summary>The time was up or it yielded: back to the end of the queue.</summary>
    Preempted,

    /// <summary>It waits for a wake-up.</summary>
    Wait,

    /// <summary>It will never run again.</summary>
    Finished,
}
