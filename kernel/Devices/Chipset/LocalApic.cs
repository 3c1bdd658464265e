// SPDX-License-Identifier: MIT
using System.Numerics;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// One vCPU's local APIC (Intel SDM volume 3, chapter 11), in xAPIC and x2APIC mode. The processor that runs the vCPU
/// reads and writes its registers; others only set IRR, TMR and error bits, atomically, and then kick the vCPU. Where
/// the processor delivers interrupts itself, it works on the same page of registers: LocalApic.Delivery.cs.
/// </summary>
public sealed partial class LocalApic : LocalInterruptController
{
    private const int WordsPerRegister = 4;
    private const int VectorWords = 8;
    private const int BitsPerWord = 32;
    private const int LowestLegalVector = 16;

    // Error status register bits.
    private const uint SendIllegalVector = 1 << 5;
    private const uint ReceiveIllegalVector = 1 << 6;
    private const uint IllegalRegister = 1 << 7;

    private const uint LvtMasked = 1 << 16;
    private const uint SoftwareEnable = 1 << 8;
    private const uint PriorityClass = 0xF0;

    private readonly ApicBus _bus;
    private readonly VirtualClock _clock;
    private readonly ApicTimer _timer;
    private readonly bool _isBootProcessor;
    private readonly ulong _reservedBaseBits;

    /// <summary>
    /// The architectural register page: register number n at word 4n. IRR and TMR bits are set by any processor with
    /// atomic operations, everything else by the vCPU's own.
    /// </summary>
    private readonly RegisterPage _page;
    private LocalApicState _state;
    private VirtualCpu? _cpu;

    /// <summary>
    /// Bit n: word n of IRR may have a bit set. Set after the word by whoever sets that. This and the next are not kept
    /// up to date while the processor delivers: <see cref="Summarize"/>.
    /// </summary>
    private uint _requestedWords;

    /// <summary>Bit n: word n of ISR has a bit set.</summary>
    private uint _inServiceWords;

    /// <param name="bus">Carries messages between the APICs; the new one joins it.</param>
    /// <param name="apicId">The processor's initial APIC identification, as CPUID gives it.</param>
    /// <param name="physicalAddressBits">CPUID's MAXPHYADDR: the base address must fit.</param>
    /// <param name="page">Where the registers are.</param>
    public LocalApic(ApicBus bus, uint apicId, VirtualClock clock, int physicalAddressBits, RegisterPage page)
    {
        _bus = bus;
        InitialId = apicId;
        _clock = clock;
        _timer = new ApicTimer(this, clock);
        _reservedBaseBits = ReservedBaseBits(physicalAddressBits);
        _page = page;
        _isBootProcessor = bus.Join(this);
        Reset();
    }

    /// <summary>The identification that the processor has from power-on; x2APIC mode has no other.</summary>
    public uint InitialId { get; }

    /// <summary>The registers: number n at word 4n.</summary>
    public RegisterPage Page => _page;

    public ref LocalApicState State => ref _state;

    public ref ApicTimerState TimerState => ref _timer.State;

    public override int PendingVector
    {
        get
        {
            if (_bus.IsExternalAsserted && AcceptsExternal)
            {
                int external = _bus.PeekExternal();
                if (external >= 0)
                {
                    return external;
                }
            }

            int vector = RequestedVector;
            return vector >= 0 && (vector & PriorityClass) > (ProcessorPriority & PriorityClass) ? vector : -1;
        }
    }

    /// <summary>
    /// The highest vector requested of this APIC, whatever the processor's priority; -1 for none. For waiting until the
    /// task priority falls below its class.
    /// </summary>
    public int RequestedVector
    {
        get
        {
            Summarize();
            return Volatile.Read(ref _requestedWords) == 0 || !IsEnabled ? -1 : HighestRequested();
        }
    }

    public override byte TaskPriorityClass
    {
        get => (byte)(Register(ApicRegister.TaskPriority) >> 4);
        set
        {
            if (value != TaskPriorityClass)
            {
                WriteTaskPriority((uint)value << 4);
            }
        }
    }

    private uint ProcessorPriority => Register(ApicRegister.ProcessorPriority);

    private bool IsSoftwareEnabled => (Register(ApicRegister.SpuriousVector) & SoftwareEnable) != 0;

    /// <summary>
    /// The PIC's interrupts come in through LINT0 in ExtINT mode, or by the I/O APIC; with the APIC switched off the
    /// pin is INTR itself.
    /// </summary>
    internal bool AcceptsExternal =>
        !IsEnabled
        || (Register(ApicRegister.LvtLint0) & (LvtMasked | 0x700)) == (uint)ApicDeliveryMode.External << 8
        || _bus.RoutesExternalTo(this);

    /// <summary>The TSC as this vCPU's guest reads it: the VM's, moved by what the guest has set.</summary>
    internal ulong TimestampCounter => _clock.TimestampCounter + (_cpu?.TimestampAdjust ?? 0);

    public override void TimestampMoved() => _timer.TimestampMoved();

    public override int Acknowledge()
    {
        if (_bus.IsExternalAsserted && AcceptsExternal)
        {
            int external = _bus.AcknowledgeExternal();
            RequestIfPending();
            return external;
        }

        int vector = PendingVector;
        if (vector < 0)
        {
            return -1;
        }

        int word = vector / BitsPerWord;
        uint bit = 1u << (vector % BitsPerWord);
        _ = Interlocked.And(ref Register(ApicRegister.InterruptRequest + word), ~bit);
        Register(ApicRegister.InService + word) |= bit;
        _inServiceWords |= 1u << word;
        UpdateProcessorPriority();
        return vector;
    }

    /// <summary>
    /// Takes a fixed interrupt: callable from any processor. A disabled APIC takes none, nor does any with an illegal
    /// vector; one that waits already absorbs the next of the same vector.
    /// </summary>
    internal bool TryAccept(byte vector, bool isLevel)
    {
        if (!IsEnabled || !IsSoftwareEnabled)
        {
            return false;
        }

        if (vector < LowestLegalVector)
        {
            ReportError(ReceiveIllegalVector);
            return false;
        }

        int word = vector / BitsPerWord;
        uint bit = 1u << (vector % BitsPerWord);
        SetTriggerMode(word, bit, isLevel);
        if (_isShared)
        {
            Post(vector, isLevel);
            return true;
        }

        _ = Interlocked.Or(ref Register(ApicRegister.InterruptRequest + word), bit);
        _ = Interlocked.Or(ref _requestedWords, 1u << word);
        _cpu?.Request(CpuRequests.Interrupt);
        return true;
    }

    /// <summary>Passes NMI or the external controller's request on to the vCPU.</summary>
    internal void RequestOfCpu(CpuRequests request) => _cpu?.Request(request);

    internal void RequestInit() => _cpu?.RequestInit();

    internal void StartUp(byte vector)
    {
        if (_cpu is not null)
        {
            _cpu.StartupVector = vector;
            _cpu.Request(CpuRequests.Sipi);
        }
    }

    /// <summary>The timer's count has reached zero.</summary>
    internal void TimerExpired()
    {
        uint entry = Register(ApicRegister.LvtTimer);
        if ((entry & LvtMasked) == 0)
        {
            _ = TryAccept((byte)entry, isLevel: false);
        }
    }

    private ref uint Register(int register) => ref _page[register * WordsPerRegister];

    private void SetTriggerMode(int word, uint bit, bool isLevel)
    {
        ref uint triggerMode = ref Register(ApicRegister.TriggerMode + word);
        if (isLevel)
        {
            _ = Interlocked.Or(ref triggerMode, bit);
        }
        else if ((Volatile.Read(ref triggerMode) & bit) != 0)
        {
            _ = Interlocked.And(ref triggerMode, ~bit);
        }
    }

    private int HighestRequested()
    {
        uint words = Volatile.Read(ref _requestedWords);
        while (words != 0)
        {
            int word = BitOperations.Log2(words);
            uint requested = Volatile.Read(ref Register(ApicRegister.InterruptRequest + word));
            if (requested != 0)
            {
                return (word * BitsPerWord) + BitOperations.Log2(requested);
            }

            // Cleared first and looked at again after: whoever set a bit meanwhile sets the summary after it.
            _ = Interlocked.And(ref _requestedWords, ~(1u << word));
            if (Volatile.Read(ref Register(ApicRegister.InterruptRequest + word)) != 0)
            {
                _ = Interlocked.Or(ref _requestedWords, 1u << word);
                continue;
            }

            words &= ~(1u << word);
        }

        return -1;
    }

    private int HighestInService()
    {
        if (_inServiceWords == 0)
        {
            return -1;
        }

        int word = BitOperations.Log2(_inServiceWords);
        return (word * BitsPerWord) + BitOperations.Log2(Register(ApicRegister.InService + word));
    }

    private void WriteTaskPriority(uint value)
    {
        Register(ApicRegister.TaskPriority) = value & 0xFF;
        UpdateProcessorPriority();
    }

    /// <summary>SDM section 11.8.3.1: the higher of the task's priority and that of the interrupt in service.</summary>
    private void UpdateProcessorPriority()
    {
        Summarize();
        uint task = Register(ApicRegister.TaskPriority);
        int inService = HighestInService();
        uint inServiceClass = inService < 0 ? 0 : (uint)inService & PriorityClass;
        Register(ApicRegister.ProcessorPriority) = (task & PriorityClass) >= inServiceClass ? task : inServiceClass;
        RequestIfPending();
    }

    /// <summary>
    /// What can be delivered now that could not be before: the vCPU is to look again. A processor that delivers is told
    /// of every change.
    /// </summary>
    private void RequestIfPending()
    {
        if (_isShared || PendingVector >= 0)
        {
            _cpu?.Request(CpuRequests.Interrupt);
        }
    }

    private void EndOfInterrupt()
    {
        Summarize();
        int vector = HighestInService();
        if (vector < 0)
        {
            return;
        }

        int word = vector / BitsPerWord;
        uint bit = 1u << (vector % BitsPerWord);
        ref uint inService = ref Register(ApicRegister.InService + word);
        inService &= ~bit;
        if (inService == 0)
        {
            _inServiceWords &= ~(1u << word);
        }

        UpdateProcessorPriority();
        TellEnd((byte)vector);
    }

    /// <summary>What a level asked for is over: the I/O APIC hears of it.</summary>
    private void TellEnd(byte vector)
    {
        uint bit = 1u << (vector % BitsPerWord);
        if ((Volatile.Read(ref Register(ApicRegister.TriggerMode + (vector / BitsPerWord))) & bit) != 0)
        {
            _bus.BroadcastEndOfInterrupt(vector);
        }
    }

    /// <summary>Notes an error and raises the error interrupt, unless that has an illegal vector itself.</summary>
    private void ReportError(uint error)
    {
        uint before = Interlocked.Or(ref _state.PendingErrors, error);
        uint entry = Register(ApicRegister.LvtError);
        if ((before & error) == 0 && (entry & LvtMasked) == 0 && (byte)entry >= LowestLegalVector)
        {
            _ = TryAccept((byte)entry, isLevel: false);
        }
    }
}
