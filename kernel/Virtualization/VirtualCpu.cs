// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Virtualization;

/// <summary>
/// One virtual processor: its state in no vendor's words, what is asked of it, and the way into the guest. Only the
/// processor that runs it touches its state; everybody else sets request bits with <see cref="Request"/>.
/// </summary>
public abstract class VirtualCpu
{
    /// <summary>The registers that the entry code keeps current; valid between exits.</summary>
    public GuestRegisters Registers;

    /// <summary>The last exit, filled by <see cref="Run"/>.</summary>
    public VmExit Exit;

    /// <summary>
    /// The event whose delivery the last exit interrupted; kind None where there was none. The run loop injects it again
    /// or merges it with what the exit raised.
    /// </summary>
    public VirtualEvent Interrupted;

    private VirtualEvent _raised;
    private int _requests;
    private int _startupVector;

    protected VirtualCpu(int index)
    {
        Index = index;
    }

    /// <summary>The vCPU's number within its VM, from 0.</summary>
    public int Index { get; }

    /// <summary>The machine around the vCPU. This and the next three are set once, before the first entry.</summary>
    public MachinePorts Ports { get; set; } = null!;

    public LocalInterruptController Interrupts { get; set; } = null!;

    public VirtualClock Clock { get; set; } = null!;

    public GuestMemory Memory { get; set; } = null!;

    /// <summary>What the scheduler runs for this vCPU: woken by requests.</summary>
    public Schedulable? Task { get; set; }

    /// <summary>Why the VM was stopped, after <see cref="ExitAction.StopVm"/>.</summary>
    public StopReport Stop { get; } = new();

    public CpuActivity Activity { get; set; }

    /// <summary>The requests that stand; taken with <see cref="TakeRequest"/>.</summary>
    public CpuRequests Requests => (CpuRequests)Volatile.Read(ref _requests);

    /// <summary>The vector of the last start-up IPI: the guest starts at this number times 4096.</summary>
    public byte StartupVector
    {
        get => (byte)Volatile.Read(ref _startupVector);
        set => Volatile.Write(ref _startupVector, value);
    }

    // ---- The state that the vendor's structure holds -------------------------------------------------------------

    public abstract ulong ReadState(StateRegister register);

    public abstract void WriteState(StateRegister register, ulong value);

    public abstract SegmentState ReadSegment(SegmentRegister register);

    public abstract void WriteSegment(SegmentRegister register, in SegmentState value);

    /// <summary>The current privilege level, 0..3.</summary>
    public abstract int PrivilegeLevel { get; }

    /// <summary>STI or a load of SS holds interrupts off for one instruction.</summary>
    public abstract bool InterruptShadow { get; set; }

    /// <summary>An NMI is being handled: the next one waits for IRET.</summary>
    public abstract bool NmiBlocked { get; set; }

    /// <summary>CR8 as the guest reads it, 0..15. The local APIC's register is the truth; this is its copy.</summary>
    public abstract byte TaskPriority { get; set; }

    /// <summary>What is added to the processor's timestamp counter to give the guest's.</summary>
    public abstract ulong TimestampOffset { get; set; }

    // ---- Entry ---------------------------------------------------------------------------------------------------

    /// <summary>Enters the guest and, when it is left, fills <see cref="Exit"/>. Interrupts are off at the call and after it.</summary>
    public abstract void Run();

    /// <summary>Has the next entry deliver <paramref name="item"/>; whatever was injected before it is replaced.</summary>
    public abstract void Inject(in VirtualEvent item);

    /// <summary>True where the next entry delivers an event already.</summary>
    public abstract bool IsInjecting { get; }

    /// <summary>Leave as soon as the guest could take an interrupt.</summary>
    public abstract bool InterruptWindow { get; set; }

    /// <summary>Leave as soon as the guest could take an NMI.</summary>
    public abstract bool NmiWindow { get; set; }

    /// <summary>The next entry sees no translation of this guest made before it.</summary>
    public abstract void FlushTlb();

    // ---- Requests ------------------------------------------------------------------------------------------------

    /// <summary>
    /// Asks something of the vCPU and makes sure that it is seen: a waiting vCPU wakes, one in guest mode leaves it.
    /// Callable from any processor and from interrupts.
    /// </summary>
    public void Request(CpuRequests what)
    {
        int old = Interlocked.Or(ref _requests, (int)what);
        if ((old & (int)what) == (int)what)
        {
            return;
        }

        Task?.Wake();
    }

    /// <summary>Takes the given requests away; true where one of them stood.</summary>
    public bool TakeRequest(CpuRequests what) => (Interlocked.And(ref _requests, ~(int)what) & (int)what) != 0;

    /// <summary>Lets a vCPU go on that <see cref="CpuRequests.Pause"/> holds.</summary>
    public void Resume()
    {
        if (TakeRequest(CpuRequests.Pause))
        {
            Task?.Wake();
        }
    }

    // ---- What handlers raise -------------------------------------------------------------------------------------

    /// <summary>The exception that goes with <see cref="ExitAction.Inject"/>.</summary>
    public ExitAction Raise(byte vector, uint errorCode = 0)
    {
        _raised = VirtualEvent.Exception(vector, errorCode);
        return ExitAction.Inject;
    }

    /// <summary>#GP(0), the answer to most of what a guest must not do.</summary>
    public ExitAction RaiseGeneralProtection() => Raise(ExceptionVector.GeneralProtection);

    /// <summary>#UD.</summary>
    public ExitAction RaiseInvalidOpcode() => Raise(ExceptionVector.InvalidOpcode);

    /// <summary>#PF: the address goes to CR2 when it is delivered.</summary>
    public ExitAction RaisePageFault(ulong address, uint errorCode)
    {
        WriteState(StateRegister.Cr2, address);
        return Raise(ExceptionVector.PageFault, errorCode);
    }

    internal ref readonly VirtualEvent Raised => ref _raised;

    /// <summary>Ends the VM with a reason; the record gets what the exit knows.</summary>
    public ExitAction StopWith(string reason, string subject = "", ulong detail = 0)
    {
        Stop.Reason = reason;
        Stop.Subject = subject;
        Stop.Detail = detail;
        Stop.Rip = Registers.Rip;
        Stop.RawCode = Exit.RawCode;
        return ExitAction.StopVm;
    }
}
