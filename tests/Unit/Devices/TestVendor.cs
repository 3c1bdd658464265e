// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Devices;

/// <summary>No hardware: enough for a <see cref="TestCpu"/> to exist.</summary>
internal sealed class TestVendor : VirtualizationVendor
{
    public override string Name => "test";

    public override bool HasTscAux => false;

    public override bool HasSpeculationControl => false;

    public override bool HasPredictionBarrier => false;

    public override string? FindObstacle() => null;

    public override ProcessorVirtualization? TryEnable(FrameAllocator frames, Processor processor) => null;

    public override VirtualCpu? TryCreateCpu(
        int index, GuestMap map, CpuidModel cpuid, FrameAllocator frames, int owner) => null;

    public override GuestMap? TryCreateMap(TableFrames frames) => null;
}
