// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The real-time clock's registers.</summary>
public struct RtcState
{
    /// <summary>The register that port 0x71 reaches, 0..127; bit 7 of port 0x70 masks NMI and is not kept.</summary>
    public byte Index;

    /// <summary>
    /// Bytes by register number: A, B and D, the alarm, the RAM; the time's own bytes are computed, and C is
    /// <see cref="Flags"/>.
    /// </summary>
    public byte[] Memory;

    /// <summary>Register C, bits 6:4: periodic, alarm and update-ended interrupt flags.</summary>
    public byte Flags;

    /// <summary>
    /// Seconds since 1970 that the clock shows less those of the host's clock: what the guest has set.
    /// </summary>
    public long Offset;

    /// <summary>While B.SET stops the clock: the seconds that it shows.</summary>
    public long StoppedAt;

    /// <summary>
    /// The host's seconds at the given moment of the VM's time, from which the running time is computed.
    /// </summary>
    public long BaseSeconds;
    public ulong BaseNanoseconds;

    /// <summary>
    /// Up to which moments flags were raised: nanoseconds for the periodic one, seconds for the other two.
    /// </summary>
    public ulong FlaggedUpTo;
    public long FlaggedUpToSecond;
}
