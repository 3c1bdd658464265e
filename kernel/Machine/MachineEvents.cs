// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine;

/// <summary>What a slot's supervisor is to do; bits are set by anyone and taken by the supervisor.</summary>
[Flags]
public enum MachineEvents
{
    None = 0,

    /// <summary>A person or the configuration wants the VM to run.</summary>
    Start = 1 << 0,

    /// <summary>A person wants it off: the ACPI power button first, force after a while.</summary>
    Stop = 1 << 1,

    /// <summary>A person wants it off at once.</summary>
    ForceStop = 1 << 2,

    /// <summary>A person wants it built anew.</summary>
    Restart = 1 << 3,

    /// <summary>The guest switched its power off.</summary>
    PoweredOff = 1 << 4,

    /// <summary>The guest asked for a reset.</summary>
    ResetAsked = 1 << 5,

    /// <summary>
    /// A fault of ours, or something that the guest did and we cannot serve, ended it; the report says what.
    /// </summary>
    Crashed = 1 << 6,

    /// <summary>One of its vCPUs will not run again.</summary>
    CpuFinished = 1 << 7,

    /// <summary>The time that the guest had for its power button, or the back-off before a restart, is over.</summary>
    DeadlinePassed = 1 << 8,

    /// <summary>A person wants it built, but not run yet.</summary>
    Create = 1 << 9,

    /// <summary>A person wants it off at once, and everything forgotten that it has left behind.</summary>
    Destroy = 1 << 10,

    /// <summary>A person wants it to stand still where it is.</summary>
    Pause = 1 << 11,

    /// <summary>A person wants it to go on.</summary>
    Resume = 1 << 12,

    /// <summary>The last of its vCPUs has come to rest for a pause, or has gone on after one.</summary>
    CpuPaused = 1 << 13,

    /// <summary>What persons ask; of several the last counts.</summary>
    Wishes = Start | Stop | ForceStop | Restart | Create | Destroy,

    /// <summary>What persons ask beside it; of both the last counts.</summary>
    PauseWishes = Pause | Resume,
}
