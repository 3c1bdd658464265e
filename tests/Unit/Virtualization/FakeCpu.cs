// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Virtualization;

/// <summary>
/// A vCPU without a processor: its state is in dictionaries, and a test says what happens between entry and exit.
/// </summary>
internal class FakeCpu : VirtualCpu
{
    private readonly Dictionary<StateRegister, ulong> _state = [];
    private readonly Dictionary<SegmentRegister, SegmentState> _segments = [];

    public FakeCpu(int index = 0)
        : base(index, new FakeVendor(), new FakeMap(), new CpuidModel(default))
    {
    }

    /// <summary>What the guest does: fills <see cref="VirtualCpu.Exit"/>.</summary>
    public Action<FakeCpu> Guest { get; set; } = static _ => { };

    /// <summary>The privilege level that the guest runs at.</summary>
    public int Privilege { get; set; }

    /// <summary>What the next entry delivers; kind None where nothing.</summary>
    public VirtualEvent Injected { get; set; }

    public int Entries { get; private set; }

    public int Flushes { get; private set; }

    public ulong Offset { get; private set; }

    public ClockRatio Ratio { get; private set; }

    public override int PrivilegeLevel => Privilege;

    public override bool InterruptShadow { get; set; }

    public override bool NmiBlocked { get; set; }

    public override byte TaskPriority { get; set; }

    public override bool IsInjecting => Injected.Kind != EventKind.None;

    public override bool InterruptWindow { get; set; }

    public override bool NmiWindow { get; set; }

    public override int AcknowledgedGeneration => 0;

    public override bool IsIn(in FetchMode mode)
    {
        Capture(out FetchMode now);
        return now.Equals(mode);
    }

    public override void Capture(out FetchMode mode)
    {
        SegmentState code = ReadSegment(SegmentRegister.Cs);
        mode.Cr0 = ReadState(StateRegister.Cr0);
        mode.Cr3 = ReadState(StateRegister.Cr3);
        mode.CodeBase = code.Base;
        mode.CodeAttributes = code.Attributes;
    }

    public override ulong ReadState(StateRegister register) => _state.GetValueOrDefault(register);

    public override void WriteState(StateRegister register, ulong value) => _state[register] = value;

    public override SegmentState ReadSegment(SegmentRegister register) => _segments.GetValueOrDefault(register);

    public override void WriteSegment(SegmentRegister register, in SegmentState value) => _segments[register] = value;

    public override void Run()
    {
        Entries++;
        Guest(this);
        Injected = default;
    }

    public override void Inject(in VirtualEvent item)
    {
        Injected = item;
        NmiBlocked |= item.Kind == EventKind.Nmi;
    }

    public override void FlushTlb() => Flushes++;

    public override void IssuePredictionBarrier()
    {
    }

    public override void SetSpeculationControl(ulong value)
    {
    }

    public override void Free(FrameAllocator frames)
    {
    }

    protected override void ClearInterruptShadow() => InterruptShadow = false;

    protected override void ResetInjection()
    {
        Injected = default;
        InterruptShadow = false;
        NmiBlocked = false;
        InterruptWindow = false;
        NmiWindow = false;
    }

    public override void ScaleTimestamp(ClockRatio ratio) => Ratio = ratio;

    protected override void SetTimestampOffset(ulong value) => Offset = value;
}
