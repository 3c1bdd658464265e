// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>Where a schedulable thing stands with its scheduler.</summary>
public enum SchedulableState
{
    /// <summary>Waits for a wake-up; in no queue.</summary>
    Waiting,

    /// <summary>In the run queue.</summary>
    Ready,

    /// <summary>
    /// In the run queue and woken since its last slice began: one that was preempted between its last look
    /// and its wait must not wait then.
    /// </summary>
    ReadyWoken,

    /// <summary>Runs now.</summary>
    Running,

    /// <summary>Runs now and was woken meanwhile: it will not wait after this slice.</summary>
    RunningWoken,

    /// <summary>Finished: never runs again.</summary>
    Finished,
}
