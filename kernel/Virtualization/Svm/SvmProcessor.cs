// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Virtualization.Svm;

/// <summary>One real processor with SVM switched on.</summary>
internal sealed class SvmProcessor : ProcessorVirtualization
{
    public SvmProcessor(Processor processor, HostPhysical savedState, uint asidCount)
        : base(processor)
    {
        SavedState = savedState;
        Asids = new TagAllocator(asidCount);
    }

    /// <summary>The page with what VMSAVE stored of the host: VMLOADed after every exit.</summary>
    public HostPhysical SavedState { get; }

    public TagAllocator Asids { get; }
}
