// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// What a vCPU asks of its local APIC at every entry. The APIC is a device (Devices/Chipset/LocalApic.cs); this is the
/// part of it that the run loop sees. All members are called by the processor that runs the vCPU.
/// </summary>
public abstract class LocalInterruptController
{
    /// <summary>
    /// The vector that would be delivered now (highest pending priority class above the processor priority, or the
    /// external controller's through LINT0 in ExtINT mode), or -1. Nothing is acknowledged.
    /// </summary>
    public abstract int PendingVector { get; }

    /// <summary>
    /// Takes the vector that <see cref="PendingVector"/> named: IRR to ISR, or an INTA cycle on the PIC. Returns it, or
    /// -1 where it is gone (the run loop then injects nothing).
    /// </summary>
    public abstract int Acknowledge();

    /// <summary>
    /// What <see cref="PendingVector"/> names, if anything, is the external controller's: no processor delivers that by
    /// itself.
    /// </summary>
    public virtual bool IsExternalPending => false;

    /// <summary>
    /// For a processor that delivers interrupts (<see cref="VirtualCpu.DeliversInterrupts"/>), before an entry: what
    /// was posted comes into the registers, and the processor is told what they say.
    /// </summary>
    public virtual void Synchronize()
    {
    }

    /// <summary>
    /// The guest has written the register at this offset of the page, and the processor has stored what it wrote (SDM
    /// volume 3, 30.4.3.3).
    /// </summary>
    public virtual void Written(int offset)
    {
    }

    /// <summary>The processor has taken the vector out of ISR, and its end is of interest (30.1.4).</summary>
    public virtual void Ended(byte vector)
    {
    }

    /// <summary>
    /// The vCPU takes an INIT: the controller goes to the state that it leaves (Intel SDM volume 3, 11.4.7.3).
    /// </summary>
    public virtual void Initialize()
    {
    }

    /// <summary>The guest has set its timestamp counter: a timer that waits for a value of it looks again.</summary>
    public virtual void TimestampMoved()
    {
    }

    /// <summary>CR8: bits 7:4 of the task-priority register, 0..15.</summary>
    public abstract byte TaskPriorityClass { get; set; }
}
