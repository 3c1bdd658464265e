// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Platform;
using Hypervisor.Virtualization.Emulation;
using Hypervisor.Virtualization.Exits;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The one loop that runs guests: requests, entry, exit, handler, and what the handler asked for. Nothing else advances
/// RIP, injects or enters.
/// </summary>
public static class RunLoop
{
    /// <summary>
    /// Exits until the scheduler is asked, whether or not the time is up: no guest keeps the loop for itself.
    /// </summary>
    private const int ExitsPerSlice = 16384;

    /// <summary>
    /// Runs the vCPU until its time is up, it waits, or it must not run on. Requests that are the caller's (TimerDue,
    /// MachineWork, Pause, Die) end the slice and still stand then.
    /// </summary>
    public static SliceOutcome RunSlice(VirtualCpu cpu)
    {
        bool mustLook = true;
        cpu.BeginSlice();
        for (int left = ExitsPerSlice; left > 0; left--)
        {
            if ((mustLook || cpu.NeedsAttention) && !EntryGate.TryPass(cpu, out SliceOutcome outcome))
            {
                return outcome;
            }

            mustLook = false;

            Instructions.DisableInterrupts();
            if (!cpu.TryBeginGuestMode())
            {
                Instructions.EnableInterrupts();
                if (cpu.RealProcessor.NeedsReschedule)
                {
                    return SliceOutcome.Preempted;
                }

                mustLook = true;
                continue;
            }

            cpu.Run();
            cpu.EndGuestMode();
            cpu.Statistics.Count(cpu.Exit.Kind);
            cpu.RealProcessor.Progress++;
            ExitAction action = Handle(cpu);
            if (action == ExitAction.NextInstruction)
            {
                ulong next = cpu.Exit.NextRip;
                if (next != 0 || (next = InstructionLengths.Recall(cpu)) != 0)
                {
                    cpu.AdvanceTo(next);
                    continue;
                }
            }

            if (action != ExitAction.Resume && !ExitCompletion.TryComplete(cpu, action))
            {
                return SliceOutcome.Finished;
            }
        }

        return SliceOutcome.Preempted;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ExitAction Handle(VirtualCpu cpu)
    {
        FaultInjector.Pass(FaultSite.FirstExit + (int)cpu.Exit.Kind);
        switch (cpu.Exit.Kind)
        {
            case ExitKind.None:
            case ExitKind.HostInterrupt:
                return ExitAction.Resume;
            case ExitKind.Cpuid:
                return CpuidExit.Handle(cpu);
            case ExitKind.Hypercall:
                return HypercallExit.Handle(cpu);
            case ExitKind.Halt:
                return ExitAction.Wait;
            case ExitKind.PortAccess:
                return PortExit.Handle(cpu, in cpu.Exit.Port);
            case ExitKind.MsrAccess:
                return MsrExit.Handle(cpu);
            case ExitKind.MemoryAccess:
                return MemoryExit.Handle(cpu, in cpu.Exit.Memory);
            case ExitKind.ControlRegister:
                return ControlRegisterExit.Handle(cpu, in cpu.Exit.Move);
            case ExitKind.DebugRegister:
                return DebugRegisterExit.Handle(cpu, in cpu.Exit.Move);
            case ExitKind.Exception:
                return ExceptionExit.Handle(cpu, in cpu.Exit.Exception);
            case ExitKind.Xsetbv:
                return XsetbvExit.Handle(cpu);
            case ExitKind.TimestampCounter:
                return TimestampExit.Handle(cpu);
            case ExitKind.PerformanceCounter:
                return cpu.RaiseGeneralProtection();
            case ExitKind.Pause:
                return PauseExit.Handle(cpu);
            case ExitKind.CacheControl:
                return ExitAction.NextInstruction;
            case ExitKind.InterruptWindow:
            case ExitKind.NmiWindow:
                return WindowExit.Handle(cpu);
            case ExitKind.InvalidatePage:
                return InvalidatePageExit.Handle(cpu);
            case ExitKind.Monitor:
            case ExitKind.VirtualizationInstruction:
                return cpu.RaiseInvalidOpcode();
            case ExitKind.TaskSwitch:
                return cpu.StopWith("the guest switches tasks by hardware, which is not done for it");
            case ExitKind.Shutdown:
                return ShutdownExit.Handle(cpu);
            case ExitKind.InvalidState:
                return InvalidStateExit.Handle(cpu);
            case ExitKind.ApicWrite:
                return ApicExit.HandleWrite(cpu);
            case ExitKind.EndOfInterrupt:
                return ApicExit.HandleEnd(cpu);
            default:
                return cpu.StopWith("the processor left the guest for a reason that nothing asks for",
                    detail: cpu.Exit.RawDetail1);
        }
    }
}
