// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// Brings events into the guest in the architecture's order: what was interrupted on its way, then NMI, then
/// interrupts; and merges an exception with the one whose delivery caused it.
/// </summary>
internal static class EventDelivery
{
    private const ulong InterruptFlag = 1 << 9;
    private const ulong TrapFlag = 1 << 8;

    /// <summary>Injects what can be injected at the next entry and asks for a window for what cannot.</summary>
    public static void Prepare(VirtualCpu cpu)
    {
        cpu.HasEvents = false;
        if (cpu.Interrupted.Kind != EventKind.None)
        {
            Inject(cpu, in cpu.Interrupted);
            cpu.Interrupted = default;
        }

        PrepareNmi(cpu);
        PrepareInterrupt(cpu);
    }

    /// <summary>
    /// Injects the exception that a handler raised. False where it ends the VM's run: a fault while a double fault was
    /// being delivered is a shutdown (APM volume 2, 8.2.9).
    /// </summary>
    public static bool TryRaise(VirtualCpu cpu)
    {
        VirtualEvent raised = cpu.Raised;
        VirtualEvent first = cpu.Interrupted;
        cpu.Interrupted = default;
        if (first.Kind == EventKind.Exception)
        {
            if (first.Vector == ExceptionVector.DoubleFault && IsEscalating(raised.Vector))
            {
                cpu.Activity = CpuActivity.Shutdown;
                cpu.Ports.TripleFault(cpu);
                return true;
            }

            if (Escalates(first.Vector, raised.Vector))
            {
                raised = VirtualEvent.Exception(ExceptionVector.DoubleFault);
            }
        }
        else
        {
            Postpone(cpu, in first);
        }

        Inject(cpu, in raised);
        return true;
    }

    /// <summary>
    /// The exception goes first, and what it interrupted follows (SDM volume 3, 7.15, "Interrupt 8": serially) when the
    /// guest can take it again: an NMI after the handler's IRET, an interrupt when interrupts are on.
    /// </summary>
    private static void Postpone(VirtualCpu cpu, in VirtualEvent first)
    {
        if (first.Kind == EventKind.Nmi)
        {
            cpu.NmiPending = true;
        }
        else if (first.Kind == EventKind.Interrupt)
        {
            cpu.Postponed = first;
        }

        cpu.HasEvents |= first.Kind != EventKind.None;
    }

    private static bool IsEscalating(byte vector) =>
        ExceptionVector.IsContributory(vector) || vector is ExceptionVector.PageFault;

    /// <summary>
    /// The table of double faults: contributory after contributory or page fault, page fault after page fault.
    /// </summary>
    private static bool Escalates(byte first, byte second) =>
        (ExceptionVector.IsContributory(first) && ExceptionVector.IsContributory(second)) ||
        (first == ExceptionVector.PageFault && IsEscalating(second));

    private static void PrepareNmi(VirtualCpu cpu)
    {
        // A processor that waits for a start-up IPI blocks NMIs (SDM volume 3, 26.2, "Non-maskable interrupts"): as
        // where others are blocked, one is kept until it runs, or until the next INIT.
        if (!cpu.NmiPending || cpu.Activity == CpuActivity.WaitForSipi)
        {
            return;
        }

        if (cpu.IsInjecting || cpu.NmiBlocked || cpu.InterruptShadow)
        {
            cpu.NmiWindow = true;
            cpu.HasEvents |= cpu.IsInjecting;
            return;
        }

        cpu.NmiPending = false;
        cpu.NmiWindow = false;
        Wake(cpu);
        Inject(cpu, VirtualEvent.Nmi);
    }

    private static void PrepareInterrupt(VirtualCpu cpu)
    {
        bool delivers = cpu.DeliversInterrupts;
        if (delivers)
        {
            cpu.Interrupts.Synchronize();
        }
        else
        {
            cpu.TaskPriority = cpu.Interrupts.TaskPriorityClass;
        }

        bool isPostponed = cpu.Postponed.Kind != EventKind.None;
        if (!isPostponed && cpu.Interrupts.PendingVector < 0)
        {
            cpu.InterruptWindow = false;
            return;
        }

        bool canTake = (cpu.Registers.Rflags & InterruptFlag) != 0 && !cpu.InterruptShadow;
        if (canTake)
        {
            Wake(cpu);
        }

        if (delivers && !isPostponed && !cpu.Interrupts.IsExternalPending)
        {
            // The processor takes it when the guest can, without a window.
            cpu.InterruptWindow = false;
            return;
        }

        if (!canTake || cpu.IsInjecting)
        {
            // A vCPU that halts with interrupts off waits for an NMI or INIT only.
            cpu.InterruptWindow = cpu.Activity == CpuActivity.Active;
            return;
        }

        cpu.InterruptWindow = false;
        if (isPostponed)
        {
            Inject(cpu, in cpu.Postponed);
            cpu.Postponed = default;
            cpu.HasEvents = true;
            cpu.InterruptWindow = cpu.Interrupts.PendingVector >= 0
                && (!delivers || cpu.Interrupts.IsExternalPending);
            return;
        }

        int vector = cpu.Interrupts.Acknowledge();
        if (vector >= 0)
        {
            Inject(cpu, VirtualEvent.Interrupt((byte)vector));
        }
    }

    private static void Wake(VirtualCpu cpu)
    {
        if (cpu.Activity == CpuActivity.Halted)
        {
            cpu.Activity = CpuActivity.Active;
        }
    }

    private static void Inject(VirtualCpu cpu, in VirtualEvent item)
    {
        Wake(cpu);
        cpu.Statistics.CountInjected();
        if (item.Kind == EventKind.Exception && item.Vector == ExceptionVector.Debug)
        {
            // Delivery of #DB clears DR7.GD (APM volume 2, 13.1.1.4).
            cpu.WriteState(StateRegister.Dr7,
                (new Dr7(cpu.ReadState(StateRegister.Dr7)) with { GeneralDetect = false }).Value);
        }

        cpu.Inject(in item);
    }

    /// <summary>
    /// After an exit that came behind its instruction: the trap of it is raised here, because an entry that injects
    /// something else would forget it (SDM volume 3, 27.7.3).
    /// </summary>
    public static void RaisePendingTrap(VirtualCpu cpu)
    {
        Dr6 reasons = cpu.TakePendingTrap();
        if (reasons.Value != 0)
        {
            RaiseTrap(cpu, reasons);
        }
    }

    /// <summary>The single-step trap after an instruction that was emulated: #DB with DR6.BS.</summary>
    public static void RaiseSingleStep(VirtualCpu cpu)
    {
        if ((cpu.Registers.Rflags & TrapFlag) != 0)
        {
            RaiseTrap(cpu, new Dr6 { SingleStep = true });
        }
    }

    private static void RaiseTrap(VirtualCpu cpu, Dr6 reasons)
    {
        cpu.WriteState(StateRegister.Dr6, cpu.ReadState(StateRegister.Dr6) | reasons.Value);
        _ = cpu.Raise(ExceptionVector.Debug);
        _ = TryRaise(cpu);
    }
}
