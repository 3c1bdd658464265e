// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>What an exit's handler wants done next. Only the run loop does it.</summary>
public enum ExitAction
{
    /// <summary>Enter again where the guest stands (the handler or the guest's own state says where).</summary>
    Resume,

    /// <summary>Go on after the instruction that caused the exit, at <see cref="VmExit.NextRip"/>.</summary>
    NextInstruction,

    /// <summary>Deliver the exception that the handler raised with <see cref="VirtualCpu.Raise"/>; RIP stays.</summary>
    Inject,

    /// <summary>As <see cref="NextInstruction"/>, then wait until a request comes (HLT).</summary>
    Wait,

    /// <summary>The VM cannot go on; <see cref="VirtualCpu.Stop"/> has the reason.</summary>
    StopVm,
}
