// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>
/// The paravirtual interface in KVM's signature, which Linux speaks already: clock, wall clock, stolen time and
/// hypercalls. All its structures lie in guest RAM and are only ever written.
/// </summary>
public sealed class KvmInterface
{
    // MSRs (Documentation/virt/kvm/x86/msr.rst).
    private const uint WallClockOld = 0x11;
    private const uint SystemTimeOld = 0x12;
    private const uint WallClock = 0x4b56_4d00;
    private const uint SystemTime = 0x4b56_4d01;
    private const uint StealTime = 0x4b56_4d03;

    private const ulong Enabled = 1;
    private const ulong StealTimeReserved = 0x3E;
    private const byte TscStable = 1;
    private const ulong VersionOffsetInStealTime = 8;

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

    /// <summary>What CPUID offers of it.</summary>
    public KvmFeatures Features =>
        KvmFeatures.ClockSource
        | KvmFeatures.ClockSource2
        | KvmFeatures.NoIoDelay
        | KvmFeatures.StealTime
        | KvmFeatures.SendIpi
        | (_isStable ? KvmFeatures.ClockSourceStable : KvmFeatures.None);

    /// <summary>The MSRs by vCPU, for snapshots.</summary>
    public Span<KvmCpuState> State => _cpus;

    /// <summary>True for the MSRs that are this interface's.</summary>
    public static bool IsMsr(uint index) =>
        index is WallClockOld or SystemTimeOld or WallClock or SystemTime or StealTime;

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
            case WallClock or WallClockOld:
                value = _wallClock;
                return true;
            case SystemTime or SystemTimeOld:
                value = _cpus[cpu].SystemTime;
                return true;
            case StealTime:
                value = _cpus[cpu].StealTime;
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
            case WallClock or WallClockOld:
                _wallClock = value;
                WriteWallClock();
                return true;
            case SystemTime or SystemTimeOld:
                _cpus[cpu].SystemTime = value;
                WriteSystemTime(cpu);
                return true;
            case StealTime:
                if ((value & StealTimeReserved) != 0)
                {
                    return false;
                }

                _cpus[cpu].StealTime = value;
                AddStolenTime(cpu, 0);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// After the VM was frozen, restored or moved: the relation of TSC and time is new, and so are all clocks.
    /// </summary>
    public void Refresh()
    {
        TakeReference();
        for (int cpu = 0; cpu < _cpus.Length; cpu++)
        {
            WriteSystemTime(cpu);
        }
    }

    /// <summary>
    /// The vCPU wanted to run for so many nanoseconds and did not; called by the processor that runs it.
    /// </summary>
    public void AddStolenTime(int cpu, ulong nanoseconds)
    {
        ref KvmCpuState state = ref _cpus[cpu];
        state.Stolen += nanoseconds;
        if ((state.StealTime & Enabled) == 0)
        {
            return;
        }

        var steal = new GuestPhysical(state.StealTime & ~Enabled);
        if (steal.TryAdd(VersionOffsetInStealTime, out GuestPhysical version)
            && _memory.TryRead(version, out uint current))
        {
            uint odd = current | 1;
            _ = _memory.TryWrite(version, odd);
            _ = _memory.TryWrite(steal, state.Stolen);
            _ = _memory.TryWrite(version, odd + 1);
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
