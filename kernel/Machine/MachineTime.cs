// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Machine;

/// <summary>
/// The present of one VM: the host clock less what had passed when the VM began and less the time for which it was
/// frozen; and its timestamp counter: the processor's times a ratio plus an offset. Its vCPUs' clocks share it.
/// </summary>
public sealed class MachineTime
{
    private readonly ulong _unixSecondsAtStart;
    private ulong _offset;
    private ulong _frozenAt;
    private ulong _frozenTimestamp;

    /// <summary>
    /// Time that begins now at 0, at the given moment of the wall clock, with a timestamp counter of
    /// <paramref name="timestampFrequency"/> Hz.
    /// </summary>
    public MachineTime(HostClock host, ulong unixSeconds, ulong timestampFrequency)
    {
        Host = host;
        TimestampFrequency = timestampFrequency;
        TimestampRatio = new ClockRatio(timestampFrequency, host.Frequency);
        _unixSecondsAtStart = unixSeconds;
        ulong timestamp = Instructions.ReadTimestamp();
        _offset = host.MomentOf(timestamp);
        TimestampOffset = 0 - TimestampRatio.Scale(timestamp);
    }

    public HostClock Host { get; }

    public bool IsFrozen { get; private set; }

    /// <summary>Nanoseconds since the VM began, frozen time left out.</summary>
    public ulong Nanoseconds => (IsFrozen ? _frozenAt : Host.Now) - _offset;

    /// <summary>Seconds since 1970, as the VM sees them.</summary>
    public ulong UnixSeconds => _unixSecondsAtStart + (Nanoseconds / 1_000_000_000);

    /// <summary>The rate of the guest's timestamp counter in Hz.</summary>
    public ulong TimestampFrequency { get; }

    /// <summary>By what the processor multiplies its own counter for the guest.</summary>
    public ClockRatio TimestampRatio { get; }

    /// <summary>What the processor adds to the product to give the guest's counter; modulo 2^64.</summary>
    public ulong TimestampOffset { get; private set; }

    /// <summary>The guest's counter needs a multiplication, because it does not run at the processor's rate.</summary>
    public bool IsTimestampScaled => TimestampFrequency != Host.Frequency;

    /// <summary>
    /// The guest's timestamp counter, which starts at 0 with the VM: to the tick what the processor gives it.
    /// </summary>
    public ulong TimestampCounter => IsFrozen ? _frozenTimestamp : TimestampAt(Instructions.ReadTimestamp());

    /// <summary>The moment of the host clock at which the VM's time will be <paramref name="nanoseconds"/>.</summary>
    public ulong ToHost(ulong nanoseconds)
    {
        ulong moment = nanoseconds + _offset;
        return moment < nanoseconds ? ulong.MaxValue : moment;
    }

    /// <summary>Stops the VM's time.</summary>
    public void Freeze()
    {
        if (!IsFrozen)
        {
            ulong timestamp = Instructions.ReadTimestamp();
            _frozenAt = Host.MomentOf(timestamp);
            _frozenTimestamp = TimestampAt(timestamp);
            IsFrozen = true;
        }
    }

    /// <summary>Lets the VM's time go on where it was stopped.</summary>
    public void Thaw()
    {
        if (IsFrozen)
        {
            ulong timestamp = Instructions.ReadTimestamp();
            _offset += Host.MomentOf(timestamp) - _frozenAt;
            TimestampOffset = _frozenTimestamp - TimestampRatio.Scale(timestamp);
            IsFrozen = false;
        }
    }

    private ulong TimestampAt(ulong timestamp) => TimestampRatio.Scale(timestamp) + TimestampOffset;
}
