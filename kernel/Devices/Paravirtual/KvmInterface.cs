// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>
/// The clock and wall clock of the paravirtual interface in KVM's signature, which Linux speaks already. Their
/// structures lie in guest RAM and are only ever written.
/// </summary>
public sealed class KvmInterface
{
    // MSRs (Documentation/virt/kvm/x86/msr.rst).
    private const uint WallClock = 0x4b56_4d00;
    private const uint SystemTime = 0x4b56_4d01;

    private const ulong Enabled = 1;
    private const byte TscStable = 1;

    private readonly GuestMemory _memory;
    private readonly VirtualClock _clock;
    private readonly bool _isStable;
    private readonly TimeScale _scale;
    private readonly KvmCpuState[] _cpus;
    private readonly VirtualCpu?[] _attached;
    private ulong _wallClock;

    /// <summary>One moment in both measures, the same for every vCPU, so that their clocks agree exactly.</summary>
    private ulong _referenceTsc;
    private ulong _referenceNanoseconds;

    /// <param name="isStable">The host's TSCs agree, so that the clock may be offered as stable.</param>
    public KvmInterface(int cpuCount, GuestMemory memory, VirtualClock clock, bool isStable)
    {
        _memory = memory;
        _clock = clock;
        _isStable = isStable;
        _scale = new TimeScale(clock.TimestampFrequency);
        _cpus = new KvmCpuState[cpuCount];
        _attached = new VirtualCpu?[cpuCount];
        TakeReference();
    }

    /// <summary>The MSRs by vCPU, for snapshots.</summary>
    public Span<KvmCpuState> State => _cpus;

    /// <summary>Names a vCPU, whose guest may have moved its TSC; before its first entry.</summary>
    public void Attach(VirtualCpu cpu) => _attached[cpu.Index] = cpu;

    public void Reset()
    {
        Array.Clear(_cpus);
        _wallClock = 0;
        TakeReference();
    }

    /// <summary>False where the read is to be a #GP.</summary>
    public bool TryReadMsr(int cpu, uint index, out ulong value)
    {
        switch (index)
        {
            case WallClock:
                value = _wallClock;
                return true;
            case SystemTime:
                value = _cpus[cpu].SystemTime;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>
    /// False where the write is to be a #GP. An address that is no RAM is accepted and nothing is written.
    /// </summary>
    public bool TryWriteMsr(int cpu, uint index, ulong value)
    {
        switch (index)
        {
            case WallClock:
                _wallClock = value;
                WriteWallClock();
                return true;
            case SystemTime:
                _cpus[cpu].SystemTime = value;
                WriteSystemTime(cpu);
                return true;
            default:
                return false;
        }
    }

    private void TakeReference()
    {
        _referenceTsc = _clock.TimestampCounter;
        _referenceNanoseconds = _clock.Nanoseconds;
    }

    /// <summary>
    /// Version odd, the rest, version even: the guest reads again until it saw one even version throughout.
    /// </summary>
    private void WriteSystemTime(int cpu)
    {
        ulong msr = _cpus[cpu].SystemTime;
        var address = new GuestPhysical(msr & ~Enabled);
        if ((msr & Enabled) == 0 || !_memory.TryRead(address, out uint version))
        {
            return;
        }

        PvClockTimeInfo info = default;
        info.Version = version | 1;
        info.TscTimestamp = _referenceTsc + (_attached[cpu]?.TimestampAdjust ?? 0);
        info.SystemTime = _referenceNanoseconds;
        info.TscToSystemMultiplier = _scale.Multiplier;
        info.TscShift = _scale.Shift;
        info.Flags = _isStable ? TscStable : (byte)0;
        _ = _memory.TryWrite(address, info.Version);
        _ = _memory.TryWrite(address, info);
        _ = _memory.TryWrite(address, info.Version + 1);
    }

    private void WriteWallClock()
    {
        var address = new GuestPhysical(_wallClock);
        if (!_memory.TryRead(address, out uint version))
        {
            return;
        }

        ulong now = _clock.UnixSeconds * Frequency.NanosecondsPerSecond;
        ulong elapsed = _clock.Nanoseconds;
        ulong start = now > elapsed ? now - elapsed : 0;
        PvWallClock wall = default;
        wall.Version = version | 1;
        wall.Seconds = (uint)(start / Frequency.NanosecondsPerSecond);
        wall.Nanoseconds = (uint)(start % Frequency.NanosecondsPerSecond);
        _ = _memory.TryWrite(address, wall.Version);
        _ = _memory.TryWrite(address, wall);
        _ = _memory.TryWrite(address, wall.Version + 1);
    }
}
