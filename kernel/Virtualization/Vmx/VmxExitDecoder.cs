// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// Turns what a VM exit left in the VMCS into the neutral record. Nothing above reads the VMCS for it.
/// </summary>
internal static class VmxExitDecoder
{
    private const ulong ReasonMask = 0xFFFF;

    /// <summary>The exits that a guest makes most often are told here, everything else one call further.</summary>
    public static void Decode(VmxVirtualCpu cpu, in VmxContext context)
    {
        uint reason = (uint)context.ExitReason;
        ref VmExit exit = ref cpu.Exit;
        exit.RawCode = reason;
        if (reason == (uint)VmxExitReason.Vmcall)
        {
            exit.Kind = ExitKind.Hypercall;
            SetNextRip(cpu, ref exit, in context);
        }
        else if (reason == (uint)VmxExitReason.Cpuid)
        {
            exit.Kind = ExitKind.Cpuid;
            SetNextRip(cpu, ref exit, in context);
        }
        else if (reason == (uint)VmxExitReason.Ports)
        {
            DecodePort(cpu, ref exit, in context);
        }
        else if (reason == (uint)VmxExitReason.EptViolation)
        {
            DecodeMemory(cpu, ref exit, in context);
        }
        else
        {
            DecodeOther(cpu, in context);
        }
    }

    private static void DecodeOther(VmxVirtualCpu cpu, in VmxContext context)
    {
        uint reason = (uint)context.ExitReason;
        ref VmExit exit = ref cpu.Exit;
        if (reason > ReasonMask)
        {
            VmxEntryFailure.Decode(cpu, in context);
            return;
        }

        switch ((VmxExitReason)reason)
        {
            case VmxExitReason.ExternalInterrupt:
            case VmxExitReason.PreemptionTimer:
                exit.Kind = ExitKind.HostInterrupt;
                cpu.HasEvents |= cpu.NmiPending;
                return;
            case VmxExitReason.ApicAccess:
                DecodeApicAccess(cpu, ref exit, in context);
                return;
            case VmxExitReason.ApicWrite:
            case VmxExitReason.EndOfInterrupt:
                // After the instruction (30.4.3.3, 30.1.4).
                exit.Kind = reason == (uint)VmxExitReason.ApicWrite ? ExitKind.ApicWrite : ExitKind.EndOfInterrupt;
                exit.ApicRegister = (ushort)context.Qualification;
                return;
            case VmxExitReason.Halt:
                exit.Kind = ExitKind.Halt;
                break;
            case VmxExitReason.Rdmsr:
            case VmxExitReason.Wrmsr:
                exit.Kind = ExitKind.MsrAccess;
                exit.IsWrite = reason == (uint)VmxExitReason.Wrmsr;
                break;
            case VmxExitReason.InterruptWindow:
                cpu.InterruptWindow = false;
                exit.Kind = ExitKind.InterruptWindow;
                return;
            case VmxExitReason.NmiWindow:
                cpu.EndNmiWindow();
                exit.Kind = ExitKind.NmiWindow;
                return;
            case VmxExitReason.ExceptionOrNmi:
                DecodeException(cpu, ref exit, in context);
                return;
            case VmxExitReason.ControlRegister:
                DecodeControlMove(ref exit, in context);
                break;
            case VmxExitReason.TaskSwitch:
                _ = TryTakeInterrupted(cpu);
                goto default;
            default:
                DecodeRare(ref exit, in context, (VmxExitReason)reason);
                break;
        }

        SetNextRip(cpu, ref exit, in context);
    }

    private static void DecodeRare(ref VmExit exit, in VmxContext context, VmxExitReason reason)
    {
        exit.RawDetail1 = context.Qualification;
        exit.RawDetail2 = 0;

        // Tables of ours that the processor cannot make sense of: a bug, not the guest's doing.
        Invariant.Check(reason != VmxExitReason.EptMisconfiguration);
        exit.Kind = reason switch
        {
            VmxExitReason.Rdtsc or VmxExitReason.Rdtscp => ExitKind.TimestampCounter,
            VmxExitReason.Rdpmc => ExitKind.PerformanceCounter,
            VmxExitReason.Pause => ExitKind.Pause,
            VmxExitReason.Wbinvd or VmxExitReason.Invd => ExitKind.CacheControl,
            VmxExitReason.Invlpg => ExitKind.InvalidatePage,
            VmxExitReason.Monitor or VmxExitReason.Mwait => ExitKind.Monitor,
            VmxExitReason.Xsetbv => ExitKind.Xsetbv,
            VmxExitReason.TripleFault => ExitKind.Shutdown,
            VmxExitReason.Init or VmxExitReason.IoSmi or VmxExitReason.OtherSmi => ExitKind.HostInterrupt,
            (>= VmxExitReason.Vmclear and <= VmxExitReason.Vmxon) or VmxExitReason.Invept or VmxExitReason.Invvpid
                or VmxExitReason.Vmfunc or VmxExitReason.Getsec or VmxExitReason.Rsm or VmxExitReason.Encls
                => ExitKind.VirtualizationInstruction,
            VmxExitReason.DebugRegister => ExitKind.DebugRegister,
            VmxExitReason.TaskSwitch => ExitKind.TaskSwitch,
            _ => ExitKind.Unexpected,
        };
        exit.Move.IsKnown = false;
    }

    /// <summary>Where the instruction that left ends. It can wrap at 4 GiB outside 64-bit code only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetNextRip(VmxVirtualCpu cpu, ref VmExit exit, in VmxContext context)
    {
        ulong next = cpu.Registers.Rip + context.InstructionLength;
        exit.NextRip = next;
        if (((next ^ cpu.Registers.Rip) >> 32) != 0)
        {
            WrapNextRip(cpu, ref exit);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WrapNextRip(VmxVirtualCpu cpu, ref VmExit exit) =>
        exit.NextRip = cpu.IsIn64BitCode ? exit.NextRip : (uint)exit.NextRip;

    private static void DecodePort(VmxVirtualCpu cpu, ref VmExit exit, in VmxContext context)
    {
        var qualification = new PortQualification(context.Qualification);
        exit.Kind = ExitKind.PortAccess;
        exit.Port.Port = qualification.Port;
        exit.Port.Size = qualification.Size;
        exit.Port.Flags = qualification.Flags;
        SetNextRip(cpu, ref exit, in context);
    }

    private static void DecodeMemory(VmxVirtualCpu cpu, ref VmExit exit, in VmxContext context)
    {
        var violation = new EptViolation(context.Qualification);
        if (!TryTakeInterrupted(cpu) && violation.NmiUnblocked)
        {
            cpu.NmiBlocked = true;
        }

        exit.Kind = ExitKind.MemoryAccess;
        exit.NextRip = 0;
        exit.Memory.Address = new GuestPhysical(Vmcs.ReadCurrent(VmcsField64.GuestPhysicalAddress));
        exit.Memory.IsPresent = violation.Allowed != 0;
        exit.Memory.IsWrite = violation.IsWrite;
        exit.Memory.IsFetch = violation.IsFetch;
        exit.Memory.IsPageWalk = violation.HasLinearAddress && !violation.IsFinal;
    }

    /// <summary>
    /// What the processor does not do for the guest at its APIC's page goes the way of any device memory.
    /// </summary>
    private static void DecodeApicAccess(VmxVirtualCpu cpu, ref VmExit exit, in VmxContext context)
    {
        var access = new ApicAccess(context.Qualification);
        _ = TryTakeInterrupted(cpu);
        exit.Kind = ExitKind.MemoryAccess;
        exit.NextRip = 0;
        exit.Memory.Address = new GuestPhysical(ApicBase.ResetAddress + access.Offset);
        exit.Memory.IsPresent = false;
        exit.Memory.IsWrite = access.Type == ApicAccess.LinearWrite;
        exit.Memory.IsFetch = access.Type == ApicAccess.LinearFetch;
        exit.Memory.IsPageWalk = access.Type > ApicAccess.LinearDelivery;
    }

    /// <summary>MOV is told with its operands; LMSW and CLTS are decoded.</summary>
    private static void DecodeControlMove(ref VmExit exit, in VmxContext context)
    {
        var qualification = new ControlMoveQualification(context.Qualification);
        exit.Kind = ExitKind.ControlRegister;
        exit.Move.Register = qualification.Register;
        exit.Move.General = qualification.General;
        exit.Move.IsWrite = qualification.Kind != ControlMoveQualification.MoveFrom;
        exit.Move.IsKnown = qualification.Kind is ControlMoveQualification.MoveTo or ControlMoveQualification.MoveFrom;
    }

    private static void DecodeException(VmxVirtualCpu cpu, ref VmExit exit, in VmxContext context)
    {
        var item = new VmxEvent(Vmcs.ReadCurrent(VmcsField32.ExitEvent));
        if (item.Type == VmxEvent.TypeNmi)
        {
            // Taken by the entry code.
            exit.Kind = ExitKind.HostInterrupt;
            return;
        }

        // An IRET that had just ended the blocking faulted: the guest is still in its handler (28.2.2).
        if (!TryTakeInterrupted(cpu) && item.NmiUnblocked && item.Vector != ExceptionVector.DoubleFault)
        {
            cpu.NmiBlocked = true;
        }

        if (item.Vector == ExceptionVector.Debug)
        {
            TakeDebugReasons(cpu, item, in context);
        }

        if (item.Vector == ExceptionVector.MachineCheck)
        {
            Instructions.RaiseMachineCheck();
        }

        exit.Kind = ExitKind.Exception;
        uint error = item.HasErrorCode ? Vmcs.ReadCurrent(VmcsField32.ExitErrorCode) : 0;
        exit.Exception = VirtualEvent.Exception(item.Vector, error);
    }

    /// <summary>
    /// A #DB that leaves the guest has not changed DR6: the reasons are in the qualification (SDM volume 3, 28.1). INT1
    /// is a trap: the handler returns after it.
    /// </summary>
    private static void TakeDebugReasons(VmxVirtualCpu cpu, VmxEvent item, in VmxContext context)
    {
        const ulong Breakpoints = 0xF;
        const ulong Reasons = 0x600F;
        ulong old = cpu.ReadState(StateRegister.Dr6) & ~Breakpoints;
        cpu.WriteState(StateRegister.Dr6, old | (context.Qualification & Reasons));
        if (item.Type == VmxEvent.TypePrivilegedSoftwareException)
        {
            cpu.Registers.Rip += context.InstructionLength;
            cpu.InterruptShadow = false;
        }
        else
        {
            cpu.KeepPendingStep();
        }
    }

    /// <summary>
    /// Takes the event that the exit interrupted; false where none was being delivered. Only an exception, an access to
    /// guest memory and a task switch can do so (SDM volume 3, 28.2.4). INT n, INT1, INT3 and INTO run again, because
    /// RIP still stands before them (28.3.3).
    /// </summary>
    private static bool TryTakeInterrupted(VmxVirtualCpu cpu)
    {
        var item = new VmxEvent(Vmcs.ReadCurrent(VmcsField32.VectoringEvent));
        if (!item.IsValid)
        {
            return false;
        }

        switch (item.Type)
        {
            case VmxEvent.TypeInterrupt:
                cpu.Interrupted = VirtualEvent.Interrupt(item.Vector);
                break;
            case VmxEvent.TypeNmi:
                cpu.Interrupted = VirtualEvent.Nmi;
                break;
            case VmxEvent.TypeException:
                uint error = item.HasErrorCode ? Vmcs.ReadCurrent(VmcsField32.VectoringErrorCode) : 0;
                cpu.Interrupted = new VirtualEvent(EventKind.Exception, item.Vector, item.HasErrorCode, error);
                break;
            default:
                return true;
        }

        cpu.HasEvents = true;
        return true;
    }
}
