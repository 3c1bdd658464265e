// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Virtualization;

/// <summary>A vendor that offers nothing.</summary>
internal sealed class FakeVendor : VirtualizationVendor
{
    public override string Name => "fake";

    public override bool HasTscAux => true;


    public override bool HasPredictionBarrier => false;

    public override bool HasSoundCompareExchange16 => IsCompareExchange16Sound;

    public bool IsCompareExchange16Sound { get; init; } = true;

    public override string? FindObstacle() => null;

    public override ProcessorVirtualization? TryEnable(FrameAllocator frames, Processor processor) => null;

    public override VirtualCpu? TryCreateCpu(int index, GuestMap map, CpuidModel cpuid, FrameAllocator frames,
        int owner) =>
        null;

    public override GuestMap? TryCreateMap(TableFrames frames) => null;
}
