// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine;

/// <summary>
/// The present of one VM: the host clock less what had passed when the VM began and less the time for which it was
/// frozen. Its vCPUs' clocks share it.
/// </summary>
public sealed class MachineTime
{
    private readonly ulong _unixSecondsAtStart;
    private ulong _offset;
    private ulong _frozenAt;

    /// <summary>Time that begins now at 0, at the given moment of the wall clock.</summary>
    public MachineTime(HostClock host, ulong unixSeconds)
    {
        Host = host;
        _unixSecondsAtStart = unixSeconds;
        _offset = host.Now;
    }

    public HostClock Host { get; }

    public bool IsFrozen { get; private set; }

    /// <summary>Nanoseconds since the VM began, frozen time left out.</summary>
    public ulong Nanoseconds => (IsFrozen ? _frozenAt : Host.Now) - _offset;

    /// <summary>Seconds since 1970, as the VM sees them.</summary>
    public ulong UnixSeconds => _unixSecondsAtStart + (Nanoseconds / 1_000_000_000);

    /// <summary>The guest's timestamp counter: it starts at 0 with the VM and runs at the host's rate.</summary>
    public ulong TimestampCounter => Host.ToTicks(Nanoseconds);

    /// <summary>What the processor adds to its own counter to give the guest's; modulo 2^64.</summary>
    public ulong TimestampOffset => unchecked(0 - Host.TimestampAt(_offset));

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
            _frozenAt = Host.Now;
            IsFrozen = true;
        }
    }

    /// <summary>Lets the VM's time go on where it was stopped.</summary>
    public void Thaw()
    {
        if (IsFrozen)
        {
            _offset += Host.Now - _frozenAt;
            IsFrozen = false;
        }
    }
}
