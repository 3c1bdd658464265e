// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>
/// The local APIC saw an interrupt that could not be sent or received: counted, and kept for the log.
/// </summary>
public sealed class ApicErrorInterrupt : InterruptHandler
{
    private readonly LocalApic _apic;

    public ApicErrorInterrupt(LocalApic apic)
    {
        _apic = apic;
    }

    /// <summary>
    /// All errors seen so far, as the error status register names them (Intel SDM volume 3, figure 10-9).
    /// </summary>
    public uint Errors { get; private set; }

    public override void Invoke() => Errors |= _apic.TakeErrors();
}
