// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// Carries interrupt messages to the local APICs of one VM, their EOIs back to the I/O APIC, and the PIC's INTR to
/// every LINT0. It takes no lock: what it changes in an APIC are atomic bits.
/// </summary>
public sealed class ApicBus
{
    private readonly LocalApic[] _apics;
    private int _count;
    private uint _lowestPriorityTurn;
    private IoApic? _ioApic;
    private Pic8259Pair? _pic;

    /// <param name="capacity">The number of vCPUs.</param>
    public ApicBus(int capacity)
    {
        _apics = new LocalApic[capacity];
    }

    /// <summary>The local APICs, in the order of their joining: the first one's processor boots.</summary>
    public ReadOnlySpan<LocalApic> Apics => new(_apics, 0, _count);

    /// <summary>Messages that nobody took.</summary>
    public ulong Undelivered { get; private set; }

    /// <summary>True while the PIC asserts INTR.</summary>
    internal bool IsExternalAsserted => _pic is not null && _pic.IsAsserted;

    public void Connect(IoApic ioApic) => _ioApic = ioApic;

    public void Connect(Pic8259Pair pic) => _pic = pic;

    /// <summary>Sends to whom the message's destination names; false where nobody has taken it.</summary>
    public bool Send(in ApicMessage message)
    {
        if (message.Mode == ApicDeliveryMode.LowestPriority)
        {
            return SendToLowestPriority(message);
        }

        bool isDelivered = false;
        for (int index = 0; index < _count; index++)
        {
            isDelivered |= _apics[index].IsTargetOf(message) && Deliver(_apics[index], message);
        }

        if (!isDelivered)
        {
            Undelivered++;
        }

        return isDelivered;
    }

    /// <summary>An APIC joins; true for the first one, whose processor boots.</summary>
    internal bool Join(LocalApic apic)
    {
        _apics[_count] = apic;
        return _count++ == 0;
    }

    internal void SendWithShorthand(in ApicMessage message, ApicShorthand shorthand, LocalApic sender)
    {
        switch (shorthand)
        {
            case ApicShorthand.None:
                _ = Send(message);
                break;
            case ApicShorthand.Self:
                _ = Deliver(sender, message);
                break;
            default:
                for (int index = 0; index < _count; index++)
                {
                    if (_apics[index].IsEnabled
                        && (shorthand == ApicShorthand.AllIncludingSelf || _apics[index] != sender))
                    {
                        _ = Deliver(_apics[index], message);
                    }
                }

                break;
        }
    }

    internal void BroadcastEndOfInterrupt(byte vector) => _ioApic?.EndOfInterrupt(vector);

    /// <summary>The I/O APIC hands the PIC's interrupts on to this one.</summary>
    internal bool RoutesExternalTo(LocalApic apic) => _ioApic is not null && _ioApic.RoutesExternalTo(apic);

    /// <summary>That may have changed: INTR that stands already comes through now.</summary>
    internal void ExternalRouteChanged()
    {
        if (IsExternalAsserted)
        {
            ExternalRaised();
        }
    }

    internal int PeekExternal() => _pic!.PeekVector();

    internal int AcknowledgeExternal() => _pic!.Acknowledge();

    /// <summary>INTR has risen: whoever it is let in to, by LINT0 or the I/O APIC, looks at it.</summary>
    internal void ExternalRaised()
    {
        for (int index = 0; index < _count; index++)
        {
            if (_apics[index].AcceptsExternal)
            {
                _apics[index].RequestOfCpu(CpuRequests.Interrupt);
            }
        }
    }

    private static bool Deliver(LocalApic apic, in ApicMessage message)
    {
        switch (message.Mode)
        {
            case ApicDeliveryMode.Fixed:
            case ApicDeliveryMode.LowestPriority:
                return apic.TryAccept(message.Vector, message.IsLevel);
            case ApicDeliveryMode.Nmi:
                apic.RequestOfCpu(CpuRequests.Nmi);
                return true;
            case ApicDeliveryMode.Init:
                apic.RequestInit();
                return true;
            case ApicDeliveryMode.StartUp:
                apic.StartUp(message.Vector);
                return true;
            default:
                // There is no system-management mode, and the PIC's interrupts are a wire's level, not a message.
                return false;
        }
    }

    /// <summary>The target with the lowest processor priority takes it; equals take turns.</summary>
    private bool SendToLowestPriority(in ApicMessage message)
    {
        LocalApic? chosen = null;
        uint turn = Interlocked.Increment(ref _lowestPriorityTurn);
        for (int step = 0; step < _count; step++)
        {
            LocalApic candidate = _apics[(turn + (uint)step) % (uint)_count];
            if (candidate.AcceptsFixed
                && candidate.IsTargetOf(message)
                && (chosen is null || candidate.ArbitrationPriority < chosen.ArbitrationPriority))
            {
                chosen = candidate;
            }
        }

        if (chosen is null)
        {
            Undelivered++;
            return false;
        }

        return Deliver(chosen, message);
    }
}
