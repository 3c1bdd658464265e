// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Memory;

/// <summary>
/// The time during which an interrupt is served: its handlers allocate from no region. <see cref="Leave"/> gives the
/// interrupted context its own back.
/// </summary>
public readonly unsafe ref struct InterruptScope
{
    private readonly byte* _next;
    private readonly byte* _limit;
    private readonly nint _region;
    private readonly int _isWaiting;

    private InterruptScope(ProcessorContext* context)
    {
        _next = context->AllocationNext;
        _limit = context->AllocationLimit;
        _region = context->CurrentRegion;
        _isWaiting = context->IsWaiting;
    }

    public static InterruptScope Enter()
    {
        ProcessorContext* context = Instructions.CurrentContext;
        context->InterruptDepth++;
        var scope = new InterruptScope(context);
        context->AllocationNext = null;
        context->AllocationLimit = null;
        context->CurrentRegion = 0;
        context->IsWaiting = 0;
        return scope;
    }

    /// <summary>True at the end of the outermost interrupt.</summary>
    public bool Leave()
    {
        ProcessorContext* context = Instructions.CurrentContext;
        context->AllocationNext = _next;
        context->AllocationLimit = _limit;
        context->CurrentRegion = _region;
        context->IsWaiting = _isWaiting;
        context->InterruptDepth--;
        return context->InterruptDepth == 0;
    }
}
