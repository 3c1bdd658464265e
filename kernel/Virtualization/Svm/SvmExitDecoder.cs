// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// Turns what a #VMEXIT left in the VMCB into the neutral record. Nothing above reads the VMCB for it.
/// </summary>
internal static unsafe class SvmExitDecoder
{
    private const uint MsrIsWrite = 1;
    private const ulong MoveIsKnown = 1UL << 63;
    private const uint GeneralMask = 0xF;

    /// <summary>The exits that a guest makes most often are told here, everything else one call further.</summary>
    public static void Decode(SvmVirtualCpu cpu, Vmcb* vmcb)
    {
        uint code = vmcb->ExitCode;
        ref VmExit exit = ref cpu.Exit;
        exit.RawCode = code;
        if ((int)vmcb->ExitEvent < 0)
        {
            DecodeWithEvent(cpu, vmcb);
        }
        else if (code == (uint)SvmExitCode.Vmmcall)
        {
            exit.Kind = ExitKind.Hypercall;
            exit.NextRip = vmcb->NextRip & cpu.NextRipMask;
        }
        else if (code == (uint)SvmExitCode.Cpuid)
        {
            exit.Kind = ExitKind.Cpuid;
            exit.NextRip = vmcb->NextRip & cpu.NextRipMask;
        }
        else if (code == (uint)SvmExitCode.Ports)
        {
            DecodePort(ref exit, vmcb);
        }
        else if (code == (uint)SvmExitCode.NestedPageFault)
        {
            DecodeMemory(cpu, vmcb, ref exit);
        }
        else
        {
            DecodeOther(cpu, vmcb);
        }
    }

    /// <summary>Not inlined: the hot path has tail calls only, and saves no register.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DecodeWithEvent(SvmVirtualCpu cpu, Vmcb* vmcb)
    {
        DecodeInterrupted(cpu, vmcb);
        DecodeOther(cpu, vmcb);
    }

    private static void DecodeOther(SvmVirtualCpu cpu, Vmcb* vmcb)
    {
        uint code = vmcb->ExitCode;
        ref VmExit exit = ref cpu.Exit;
        switch ((SvmExitCode)code)
        {
            case SvmExitCode.Cpuid:
                exit.Kind = ExitKind.Cpuid;
                break;
            case SvmExitCode.Vmmcall:
                exit.Kind = ExitKind.Hypercall;
                break;
            case SvmExitCode.Ports:
                DecodePort(ref exit, vmcb);
                return;
            case SvmExitCode.NestedPageFault:
                DecodeMemory(cpu, vmcb, ref exit);
                return;
            case SvmExitCode.Interrupt:
            case SvmExitCode.Nmi:
            case SvmExitCode.Smi:
            case SvmExitCode.Init:
                cpu.KeepShadow();
                exit.Kind = ExitKind.HostInterrupt;
                return;
            case SvmExitCode.Halt:
                exit.Kind = ExitKind.Halt;
                break;
            case SvmExitCode.Msr:
                exit.Kind = ExitKind.MsrAccess;
                exit.IsWrite = (vmcb->ExitInformation1 & MsrIsWrite) != 0;
                break;
            case SvmExitCode.VirtualInterrupt:
                cpu.InterruptWindow = false;
                exit.Kind = ExitKind.InterruptWindow;
                return;
            case SvmExitCode.Iret:
                cpu.BeginReturn();
                exit.Kind = ExitKind.NmiWindow;
                return;
            default:
                DecodeRare(cpu, vmcb, ref exit, code);
                break;
        }

        exit.NextRip = vmcb->NextRip & cpu.NextRipMask;
    }

    private static void DecodeRare(SvmVirtualCpu cpu, Vmcb* vmcb, ref VmExit exit, uint code)
    {
        exit.RawDetail1 = vmcb->ExitInformation1;
        exit.RawDetail2 = vmcb->ExitInformation2;
        if (code <= (uint)SvmExitCode.WriteDr15)
        {
            DecodeMove(ref exit, vmcb, code);
            return;
        }

        if (code is >= (uint)SvmExitCode.Exception0 and <= (uint)SvmExitCode.Exception31)
        {
            DecodeException(cpu, vmcb, ref exit, (byte)(code - (uint)SvmExitCode.Exception0));
            return;
        }

        exit.Kind = (SvmExitCode)code switch
        {
            SvmExitCode.Rdtsc or SvmExitCode.Rdtscp => ExitKind.TimestampCounter,
            SvmExitCode.Rdpmc => ExitKind.PerformanceCounter,
            SvmExitCode.Pause => ExitKind.Pause,
            SvmExitCode.Wbinvd or SvmExitCode.Invd => ExitKind.CacheControl,
            SvmExitCode.Invlpg => ExitKind.InvalidatePage,
            SvmExitCode.Monitor or SvmExitCode.Mwait or SvmExitCode.MwaitConditional => ExitKind.Monitor,
            SvmExitCode.Xsetbv => ExitKind.Xsetbv,
            SvmExitCode.Shutdown => ExitKind.Shutdown,
            SvmExitCode.Invalid or SvmExitCode.Busy => ExitKind.InvalidState,
            SvmExitCode.Vmrun or SvmExitCode.Vmload or SvmExitCode.Vmsave or SvmExitCode.Stgi or SvmExitCode.Clgi
                or SvmExitCode.Skinit or SvmExitCode.Invlpga or SvmExitCode.Rsm or SvmExitCode.Rdpru
                => ExitKind.VirtualizationInstruction,
            _ => ExitKind.Unexpected,
        };
    }

    /// <summary>EXITINFO2 is the next RIP, also where there is no NRIPS.</summary>
    private static void DecodePort(ref VmExit exit, Vmcb* vmcb)
    {
        var information = new IoExitInformation(vmcb->ExitInformation1);
        exit.Kind = ExitKind.PortAccess;
        exit.NextRip = vmcb->ExitInformation2;
        exit.Port.Port = information.Port;
        exit.Port.Size = information.Size;
        exit.Port.Flags = information.Flags & PortFlags.All;
    }

    private static void DecodeMemory(SvmVirtualCpu cpu, Vmcb* vmcb, ref VmExit exit)
    {
        var information = new NestedFaultInformation(vmcb->ExitInformation1);
        exit.Kind = ExitKind.MemoryAccess;
        exit.NextRip = 0;
        exit.Memory.Address = new GuestPhysical(vmcb->ExitInformation2);
        exit.Memory.IsPresent = information.IsPresent;
        exit.Memory.IsWrite = information.IsWrite;
        exit.Memory.IsFetch = information.IsFetch;
        exit.Memory.IsPageWalk = information.IsPageWalk;
        if (vmcb->InterruptState != 0)
        {
            cpu.KeepShadow();
        }
    }

    /// <summary>
    /// Decode assists give the general register of MOV; without them, and for LMSW and CLTS, nothing is known.
    /// </summary>
    private static void DecodeMove(ref VmExit exit, Vmcb* vmcb, uint code)
    {
        bool isDebug = code >= (uint)SvmExitCode.ReadDr0;
        exit.Kind = isDebug ? ExitKind.DebugRegister : ExitKind.ControlRegister;
        exit.Move.Register = (byte)(code & 0xF);
        exit.Move.IsWrite = (code & 0x10) != 0;
        exit.Move.General = (byte)(vmcb->ExitInformation1 & GeneralMask);
        exit.Move.IsKnown = !isDebug && (vmcb->ExitInformation1 & MoveIsKnown) != 0;
    }

    private static void DecodeException(SvmVirtualCpu cpu, Vmcb* vmcb, ref VmExit exit, byte vector)
    {
        if (vector == ExceptionVector.Debug && cpu.TryEndStep())
        {
            exit.Kind = ExitKind.NmiWindow;
            return;
        }

        if (vector == ExceptionVector.MachineCheck)
        {
            // The exit has taken it: the host's own handler is called as the processor would have.
            Instructions.RaiseMachineCheck();
            exit.Kind = ExitKind.HostInterrupt;
            return;
        }

        exit.Kind = ExitKind.Exception;
        exit.Exception = VirtualEvent.Exception(vector, (uint)vmcb->ExitInformation1);
    }

    /// <summary>
    /// The event that the exit interrupted. INT n, INT3 and INTO run again, because RIP still stands before them. A
    /// vector that no exception has is what QEMU makes of an interrupt that it delivers twice: nothing.
    /// </summary>
    private static void DecodeInterrupted(SvmVirtualCpu cpu, Vmcb* vmcb)
    {
        var item = new SvmEvent(vmcb->ExitEvent);
        switch (item.Type)
        {
            case SvmEvent.TypeInterrupt:
                cpu.Interrupted = VirtualEvent.Interrupt(item.Vector);
                break;
            case SvmEvent.TypeNmi:
                cpu.Interrupted = VirtualEvent.Nmi;
                break;
            case SvmEvent.TypeException when item.Vector < 32
                && item.Vector is not (ExceptionVector.Breakpoint or ExceptionVector.Overflow):
                cpu.Interrupted = new VirtualEvent(EventKind.Exception, item.Vector, item.HasErrorCode, item.ErrorCode);
                break;
            default:
                return;
        }

        cpu.HasEvents = true;
    }
}
