// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Scheduling;

/// <summary>What a processor does now, as the schedulers of others see it.</summary>
internal enum ProcessorActivity
{
    /// <summary>Nothing is ready: it halts or is about to.</summary>
    Idle,

    /// <summary>Runs something whose VM has had what it was promised, or was promised nothing.</summary>
    Fair,

    /// <summary>Runs a vCPU whose VM is owed its reserve, or a host task; or it was just given something.</summary>
    Bound,

    /// <summary>Another processor is about to give it something, and nobody else does so until that has come.</summary>
    Claimed,
}
