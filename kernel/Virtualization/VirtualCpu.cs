// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization.Emulation;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// One virtual processor: its state in no vendor's words, what is asked of it, and the way into the guest. Only the
/// processor that runs it touches its state; everybody else sets request bits with <see cref="Request"/>.
/// </summary>
public abstract partial class VirtualCpu
{
    /// <summary>The registers that the entry code keeps current; valid between exits.</summary>
    public GuestRegisters Registers;

    /// <summary>The last exit, filled by <see cref="Run"/>.</summary>
    public VmExit Exit;

    /// <summary>
    /// The event whose delivery the last exit interrupted; kind None where there was none. The run loop injects it
    /// again or merges it with what the exit raised.
    /// </summary>
    public VirtualEvent Interrupted;

    /// <summary>
    /// An interrupt that its controller has given away, whose delivery met an exception; it comes when it can.
    /// </summary>
    public VirtualEvent Postponed;

    private const int HostMode = 0;
    private const int GuestMode = 1;
    private const ulong ResumeFlag = 1 << 16;
    private const ulong TrapFlag = 1 << 8;

    private VirtualEvent _raised;
    private CpuActivity _activity;
    private bool _hasEvents;
    private bool _needsLook = true;
    private ulong _clockOffset;
    private ulong _timestampAdjust;
    private int _requests;
    private int _startupVector;
    private int _mode;

    protected VirtualCpu(int index, VirtualizationVendor vendor, GuestMap map, CpuidModel cpuid)
    {
        Index = index;
        Vendor = vendor;
        Map = map;
        Cpuid = cpuid;
        Msrs = new GuestMsrs();
        Emulation = new EmulationContext();
        _extendedState = new ExtendedStateArea((int)vendor.ExtendedState.Size);
    }

    /// <summary>The vCPU's number within its VM, from 0.</summary>
    public int Index { get; }

    /// <summary>The name of its VM, for the log.</summary>
    public string MachineName { get; set; } = "";

    /// <summary>The nested address space that the guest runs in.</summary>
    public GuestMap Map { get; }

    /// <summary>What CPUID tells the guest.</summary>
    public CpuidModel Cpuid { get; }

    /// <summary>The model-specific registers that are only remembered.</summary>
    public GuestMsrs Msrs { get; }

    /// <summary>Scratch memory of the emulator.</summary>
    internal EmulationContext Emulation { get; }

    /// <summary>The machine around the vCPU. This and the next three are set once, before the first entry.</summary>
    public MachinePorts Ports { get; set; } = null!;

    public LocalInterruptController Interrupts { get; set; } = null!;

    public VirtualClock Clock { get; set; } = null!;

    public GuestMemory Memory { get; set; } = null!;

    /// <summary>What the scheduler runs for this vCPU: woken by requests.</summary>
    public Schedulable? Task { get; set; }

    /// <summary>Why the VM was stopped, after <see cref="ExitAction.StopVm"/>.</summary>
    public StopReport Stop { get; } = new();

    /// <summary>Counts of exits and injections.</summary>
    public ExitStatistics Statistics { get; } = new();

    public CpuActivity Activity
    {
        get => _activity;
        set
        {
            _activity = value;
            _needsLook = _hasEvents || _activity != CpuActivity.Active;
        }
    }

    /// <summary>Events wait for delivery: the gate looks at them before the next entry.</summary>
    internal bool HasEvents
    {
        get => _hasEvents;
        set
        {
            _hasEvents = value;
            _needsLook = _hasEvents || _activity != CpuActivity.Active;
        }
    }

    /// <summary>An NMI has been requested and not yet been injected.</summary>
    internal bool NmiPending { get; set; }

    /// <summary>The gate must be asked before the next entry; requests are looked at when guest mode begins.</summary>
    internal bool NeedsAttention => _needsLook;

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

    /// <summary>
    /// With PAE paging, before CR3 or what switches it on takes effect: the processor's copies of the four entries at
    /// <paramref name="cr3"/>, where the vendor has such. False where they are not valid, which is #GP.
    /// </summary>
    public virtual bool TryLoadPageDirectoryPointers(ulong cr3) => true;

    public abstract void WriteSegment(SegmentRegister register, in SegmentState value);

    /// <summary>True where the guest is in the given mode.</summary>
    public abstract bool IsIn(in FetchMode mode);

    /// <summary>The mode that the guest is in.</summary>
    public abstract void Capture(out FetchMode mode);

    /// <summary>The current privilege level, 0..3.</summary>
    public abstract int PrivilegeLevel { get; }

    /// <summary>STI or a load of SS holds interrupts off for one instruction.</summary>
    public abstract bool InterruptShadow { get; set; }

    /// <summary>
    /// The same as setting <see cref="InterruptShadow"/> to false, at every emulated instruction's end.
    /// </summary>
    protected abstract void ClearInterruptShadow();

    /// <summary>An NMI is being handled: the next one waits for IRET.</summary>
    public abstract bool NmiBlocked { get; set; }

    /// <summary>CR8 as the guest reads it, 0..15. The local APIC's register is the truth; this is its copy.</summary>
    public abstract byte TaskPriority { get; set; }

    /// <summary>
    /// What is added to the processor's timestamp counter, times the ratio, to give the VM's; set by the VM's clock
    /// before the vCPU first runs and after a freeze.
    /// </summary>
    public ulong ClockOffset
    {
        get => _clockOffset;
        set
        {
            _clockOffset = value;
            SetTimestampOffset(value + _timestampAdjust);
        }
    }

    /// <summary>IA32_TSC_ADJUST: what this guest processor adds to the VM's counter itself.</summary>
    public ulong TimestampAdjust
    {
        get => _timestampAdjust;
        set
        {
            _timestampAdjust = value;
            SetTimestampOffset(_clockOffset + value);
            Interrupts?.TimestampMoved();
        }
    }

    /// <summary>What RDTSC adds to the processor's counter.</summary>
    protected abstract void SetTimestampOffset(ulong value);

    /// <summary>
    /// Has RDTSC multiply the processor's counter before it adds, as the VM's clock does: by the processor, where it
    /// can, else by an exit for each RDTSC. Called before the first entry, and only where the ratio is not 1.
    /// </summary>
    public abstract void ScaleTimestamp(ClockRatio ratio);

    // ---- Entry ---------------------------------------------------------------------------------------------------

    /// <summary>A slice begins on the processor that the vCPU runs on, on that processor's exit stack.</summary>
    public virtual void BeginSlice()
    {
    }

    /// <summary>
    /// Enters the guest and, when it is left, fills <see cref="Exit"/> and <see cref="Interrupted"/>. Interrupts are
    /// off at the call and on after it; the host's interrupt that ended guest mode has been taken by then.
    /// </summary>
    public abstract void Run();

    /// <summary>
    /// Says that the guest is about to run, and looks at the requests once more: one that comes later finds guest mode
    /// and kicks. False where there is one, or the processor is wanted for something else. Interrupts are off.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryBeginGuestMode()
    {
        Volatile.Write(ref _mode, GuestMode);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _requests) == 0 && !RealProcessor.NeedsReschedule)
        {
            return true;
        }

        Volatile.Write(ref _mode, HostMode);
        return false;
    }

    /// <summary>The guest has been left.</summary>
    internal void EndGuestMode() => Volatile.Write(ref _mode, HostMode);

    /// <summary>True while the vCPU may be in its guest: a request needs a kick then.</summary>
    public bool IsInGuestMode => Volatile.Read(ref _mode) == GuestMode;

    /// <summary>The instruction that caused the exit is done: what its end does to the processor's state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AdvanceTo(ulong rip)
    {
        Registers.Rip = rip;
        ulong flags = Registers.Rflags;
        Registers.Rflags = flags & ~ResumeFlag;
        ClearInterruptShadow();
        if ((flags & TrapFlag) != 0)
        {
            EventDelivery.RaiseSingleStep(this);
        }
    }

    /// <summary>
    /// Has the next entry deliver <paramref name="item"/>; whatever was injected before it is replaced. An NMI sets
    /// <see cref="NmiBlocked"/>.
    /// </summary>
    public abstract void Inject(in VirtualEvent item);

    /// <summary>True where the next entry delivers an event already.</summary>
    public abstract bool IsInjecting { get; }

    /// <summary>Leave as soon as the guest could take an interrupt.</summary>
    public abstract bool InterruptWindow { get; set; }

    /// <summary>Leave as soon as the guest could take an NMI.</summary>
    public abstract bool NmiWindow { get; set; }

    /// <summary>
    /// Takes away the trap of the instruction that the last exit came behind, as bits of DR6; none where there is no
    /// trap, or where exits come before their instructions.
    /// </summary>
    public virtual Dr6 TakePendingTrap() => default;

    /// <summary>The next entry sees no translation of this guest made before it.</summary>
    public abstract void FlushTlb();

    /// <summary>
    /// The generation of the guest map that the last entry flushed for: a frame that was unmapped before it is not
    /// reachable from this vCPU any more. Read by anyone.
    /// </summary>
    public abstract int AcknowledgedGeneration { get; }

    /// <summary>
    /// A PAUSE has left the guest: true where it is one of a loop, which the processor itself finds out or the vCPU
    /// counts.
    /// </summary>
    internal virtual bool IsPauseLoop() => true;

    /// <summary>
    /// It is not its VM's only one: what that needs is set up, such as leaving the guest where it waits in a loop.
    /// Before the first entry.
    /// </summary>
    public virtual void HaveSiblings()
    {
    }

    /// <summary>IBPB, where the processor has it.</summary>
    public virtual void IssuePredictionBarrier()
    {
        if (Vendor.HasPredictionBarrier)
        {
            Instructions.WriteMsr(Msr.PredictionCommand, 1);
        }
    }

    /// <summary>SPEC_CTRL as the guest set it: in force while it runs.</summary>
    public abstract void SetSpeculationControl(ulong value);

    /// <summary>Gives the pages back that the processor's structures took. The vCPU never runs again.</summary>
    public abstract void Free(FrameAllocator frames);

    // ---- Interrupts that the processor delivers ------------------------------------------------------------------

    /// <summary>
    /// The processor takes interrupts out of the local APIC's page by itself, when the guest can take them ("virtual-
    /// interrupt delivery"). Where it does not, the members that follow do nothing.
    /// </summary>
    public virtual bool DeliversInterrupts => false;

    /// <summary>
    /// Where the registers of the vCPU's local APIC are; once, before the first entry. A processor may work on them.
    /// </summary>
    public virtual void UseApicPage(RegisterPage page)
    {
    }

    /// <summary>How the guest reaches its local APIC from now on.</summary>
    public virtual void SetApicMode(ApicMode mode)
    {
    }

    /// <summary>
    /// Asks for an edge-triggered interrupt: it is collected before the next entry, or comes into a running guest
    /// without an exit where the processor can do that. Callable from any processor and from interrupts.
    /// </summary>
    public virtual void Post(byte vector)
    {
    }

    /// <summary>What was posted comes into IRR of the page. Before an entry, by who runs the vCPU.</summary>
    public virtual void CollectPosted()
    {
    }

    /// <summary>The highest vectors of IRR and ISR, 0 for none: what the processor goes on from.</summary>
    public virtual void SetInterruptStatus(byte requested, byte inService)
    {
    }

    /// <summary>
    /// Of the 32 vectors of a word of the registers, whose EOI leaves the guest
    /// (<see cref="LocalInterruptController.Ended"/>).
    /// </summary>
    public virtual void SetEndExits(int word, uint vectors)
    {
    }

    // ---- Requests ------------------------------------------------------------------------------------------------

    /// <summary>
    /// Asks something of the vCPU and makes sure that it is seen: a waiting vCPU wakes, one in guest mode leaves it.
    /// Callable from any processor and from interrupts.
    /// </summary>
    public void Request(CpuRequests what)
    {
        int old = Interlocked.Or(ref _requests, (int)what);
        if ((old & (int)what) != (int)what)
        {
            Tell();
        }
    }

    /// <summary>
    /// Asks for INIT as <see cref="Request"/> would, and in the same step takes back the start-up IPI and the NMI that
    /// were asked for before: those that stand beside an INIT came after it.
    /// </summary>
    public void RequestInit()
    {
        const int Earlier = (int)(CpuRequests.Sipi | CpuRequests.Nmi);
        int old;
        do
        {
            old = Volatile.Read(ref _requests);
        }
        while (Interlocked.CompareExchange(ref _requests, (old & ~Earlier) | (int)CpuRequests.Init, old) != old);

        if ((old & (int)CpuRequests.Init) == 0)
        {
            Tell();
        }
    }

    private void Tell()
    {
        // The exchange above is a full fence, as is the one between the announcement of guest mode and the last look
        // at the requests: either they are seen there, or guest mode is seen here.
        if (IsInGuestMode)
        {
            RealProcessor.Kick();
        }

        Task?.Wake();
    }

    /// <summary>
    /// Has what was posted seen. A waiting vCPU wakes always, even where another one has said so already: that one may
    /// not have come to its end. A running guest is told once, and is not left where its processor takes posted
    /// interrupts itself; the request stands all the same, for the entry that a late notification misses.
    /// </summary>
    protected void RequestPosted(bool mustTell, bool withoutExit)
    {
        _ = Interlocked.Or(ref _requests, (int)CpuRequests.Posted);
        if (mustTell && IsInGuestMode)
        {
            if (withoutExit)
            {
                RealProcessor.Notify();
            }
            else
            {
                RealProcessor.Kick();
            }
        }

        Task?.Wake();
    }

    /// <summary>Takes the given requests away; true where one of them stood.</summary>
    public bool TakeRequest(CpuRequests what) => TakeRequests(what) != 0;

    /// <summary>Takes the given requests away in one step: those of them that stood.</summary>
    internal CpuRequests TakeRequests(CpuRequests what) =>
        (CpuRequests)Interlocked.And(ref _requests, ~(int)what) & what;

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
