// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Devices;

/// <summary>A vCPU of which devices see the request bits only.</summary>
internal sealed class TestCpu(int index = 0) : VirtualCpu(index, new TestVendor(), null!, null!)
{
    public int Level { get; set; }

    public override int PrivilegeLevel => Level;

    public override bool InterruptShadow { get; set; }

    public override bool NmiBlocked { get; set; }

    public override byte TaskPriority { get; set; }

    public override bool IsInjecting => false;

    public override bool InterruptWindow { get; set; }

    public override bool NmiWindow { get; set; }

    public override ulong ReadState(StateRegister register) => 0;

    public override void WriteState(StateRegister register, ulong value)
    {
    }

    public override SegmentState ReadSegment(SegmentRegister register) => default;

    public override void WriteSegment(SegmentRegister register, in SegmentState value)
    {
    }

    public override void Run()
    {
    }

    public override void Inject(in VirtualEvent item)
    {
    }

    public override void FlushTlb()
    {
    }

    public override int AcknowledgedGeneration => 0;

    public override void IssuePredictionBarrier()
    {
    }

    public override void SetSpeculationControl(ulong value)
    {
    }

    public override void Free(FrameAllocator frames)
    {
    }

    protected override void ClearInterruptShadow()
    {
    }

    protected override void SetTimestampOffset(ulong value)
    {
    }

    protected override void ResetInjection()
    {
    }
}
