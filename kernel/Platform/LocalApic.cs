// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The local APIC of the processor that executes this: interrupts between processors, the timer, and the end of
/// interrupts. One object serves all processors; how the registers are reached depends on the mode (Intel SDM volume 3,
/// chapter 10; AMD APM volume 2, chapter 16).
/// </summary>
public abstract class LocalApic : InterruptAcknowledge
{
    /// <summary>Vector of the timer of every processor, and of local errors.</summary>
    public const byte TimerVector = 0xf0;
    public const byte ErrorVector = 0xfd;

    /// <summary>Vector by which one processor makes another look at what was posted to it.</summary>
    public const byte KickVector = 0xf1;

    /// <summary>Vector by which a guest's processor learns of posted interrupts (SDM volume 3, 30.6).</summary>
    public const byte NotificationVector = 0xf2;

    private const uint SoftwareEnable = 1 << 8;
    private const uint MaskedEntry = 1 << 16;
    private const uint DeadlineMode = 2 << 17;
    private const uint DivideBy1 = 0b1011;

    private const uint DeliverNmi = 4 << 8;
    private const uint DeliverInit = 5 << 8;
    private const uint DeliverStartup = 6 << 8;
    private const uint Assert = 1 << 14;
    private const uint AllButSelf = 3 << 18;

    private const ulong EntryCountMask = 0xff;

    /// <summary>The number that interrupts are sent to.</summary>
    public abstract uint Id { get; }

    /// <summary>Reads the remaining count of the one-shot timer.</summary>
    public uint TimerCount => Read(ApicRegister.TimerCurrentCount);

    /// <summary>
    /// Registers in the mode that the machine uses: x2APIC wherever there is one, since it may be the only one.
    /// </summary>
    public static LocalApic Create(ProcessorFeatures features, Memory.AddressSpace space, ulong address)
    {
        var basis = new ApicBase(Instructions.ReadMsr(Msr.ApicBase));
        return features.HasX2Apic || basis.X2ApicEnable
            ? new X2Apic()
            : new XApic(space.MapDevice(new Memory.HostPhysical(address), XApic.Length));
    }

    /// <summary>
    /// Makes the calling processor's APIC ready: in its mode, all local sources masked but errors, nothing in service.
    /// </summary>
    public void Enable()
    {
        SwitchOn();
        Write(ApicRegister.TaskPriority, 0);
        int entries = (int)((Read(ApicRegister.Version) >> 16) & EntryCountMask) + 1;
        Write(ApicRegister.Timer, MaskedEntry | TimerVector);
        Write(ApicRegister.LocalInput0, MaskedEntry);
        Write(ApicRegister.LocalInput1, DeliverNmi);
        if (entries > 4)
        {
            Write(ApicRegister.PerformanceCounter, MaskedEntry);
        }

        if (entries > 5)
        {
            Write(ApicRegister.ThermalSensor, MaskedEntry);
        }

        Write(ApicRegister.Error, ErrorVector);
        Write(ApicRegister.SpuriousVector, SoftwareEnable | InterruptVectors.Spurious);
        Write(ApicRegister.ErrorStatus, 0);
        Drain();
    }

    public override void EndOfInterrupt() => Write(ApicRegister.EndOfInterrupt, 0);

    /// <summary>True where the mode has room for the number of a receiver.</summary>
    public abstract bool CanReach(uint apicId);

    /// <summary>Sends an interrupt to one processor.</summary>
    public void Send(uint apicId, byte vector) => SendCommand(apicId, Assert | vector);

    /// <summary>Sends an NMI to one processor.</summary>
    public void SendNmi(uint apicId) => SendCommand(apicId, Assert | DeliverNmi);

    /// <summary>Sends an NMI to all processors but this one. Callable from an NMI.</summary>
    public void SendNmiToOthers() => SendToOthers(Assert | DeliverNmi | AllButSelf);

    /// <summary>Puts a processor into its reset state.</summary>
    public void SendInit(uint apicId) => SendCommand(apicId, Assert | DeliverInit);

    /// <summary>Starts a processor that INIT reset, at physical <paramref name="page"/> * 4096 in real mode.</summary>
    public void SendStartup(uint apicId, byte page) => SendCommand(apicId, Assert | DeliverStartup | page);

    /// <summary>The timer fires when the time-stamp counter reaches what is written to its deadline MSR.</summary>
    public void UseDeadlineTimer()
    {
        Write(ApicRegister.Timer, DeadlineMode | TimerVector);
        OrderBeforeMsr();
    }

    /// <summary>The timer counts down at its full rate and fires once at 0.</summary>
    public void UseOneShotTimer()
    {
        Write(ApicRegister.TimerDivide, DivideBy1);
        Write(ApicRegister.Timer, TimerVector);
    }

    /// <summary>As <see cref="UseOneShotTimer"/> without an interrupt: for measuring the timer's rate.</summary>
    public void UseSilentTimer()
    {
        Write(ApicRegister.TimerDivide, DivideBy1);
        Write(ApicRegister.Timer, MaskedEntry | TimerVector);
    }

    /// <summary>Starts the one-shot timer, or stops it with 0.</summary>
    public void StartTimer(uint count) => Write(ApicRegister.TimerInitialCount, count);

    /// <summary>The errors that the APIC has seen since it was last asked; 0 without any.</summary>
    public uint TakeErrors()
    {
        Write(ApicRegister.ErrorStatus, 0);
        return Read(ApicRegister.ErrorStatus);
    }

    protected abstract uint Read(ApicRegister register);

    protected abstract void Write(ApicRegister register, uint value);

    /// <summary>Writes the interrupt command; returns when it has been sent.</summary>
    protected abstract void SendCommand(uint apicId, uint command);

    /// <summary>
    /// Writes a command that names its receivers itself: in between the two halves of another one, if need be.
    /// </summary>
    protected abstract void SendToOthers(uint command);

    /// <summary>Brings the calling processor's APIC into this object's mode.</summary>
    protected abstract void SwitchOn();

    /// <summary>Makes a write to a register be seen before a following write to an MSR.</summary>
    protected abstract void OrderBeforeMsr();

    /// <summary>Acknowledges what firmware left in service, so that nothing of its priority is held back.</summary>
    private void Drain()
    {
        for (int group = 0; group < 8; group++)
        {
            uint inService = Read(ApicRegister.InService0 + group);
            while (inService != 0)
            {
                EndOfInterrupt();
                inService &= inService - 1;
            }
        }
    }
}
