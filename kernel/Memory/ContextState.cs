// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>
/// What of the processor's context belongs to the stack that runs on it: its fault boundaries, its
/// region and the VM-owned locks it holds. Exchanged, interrupts off, when the processor goes from the
/// exit stack to a host task and back.
/// </summary>
public unsafe struct ContextState
{
    private RecoveryPoint* _recovery;
    private byte* _allocationNext;
    private byte* _allocationLimit;
    private nint _region;
    private nint _vmLocks;
    private int _interruptDepth;
    private int _isWaiting;

    /// <summary>
    /// The state that a new stack starts with: the caller's region, but a chunk of its own once it
    /// allocates; no boundary, no lock.
    /// </summary>
    public static ContextState CreateFromCurrent()
    {
        ProcessorContext* context = Instructions.CurrentContext;
        return new ContextState
        {
            _region = context->CurrentRegion,
        };
    }

    /// <summary>Puts this state into the processor's context and takes what was there.</summary>
    public void Exchange()
    {
        ProcessorContext* context = Instructions.CurrentContext;
        ContextState outgoing = new()
        {
            _recovery = context->Recovery,
            _allocationNext = context->AllocationNext,
            _allocationLimit = context->AllocationLimit,
            _region = context->CurrentRegion,
            _vmLocks = context->VmLocks,
            _interruptDepth = context->InterruptDepth,
            _isWaiting = context->IsWaiting,
        };
        context->Recovery = _recovery;
        context->AllocationNext = _allocationNext;
        context->AllocationLimit = _allocationLimit;
        context->CurrentRegion = _region;
        context->VmLocks = _vmLocks;
        context->InterruptDepth = _interruptDepth;
        context->IsWaiting = _isWaiting;
        this = outgoing;
    }
}
