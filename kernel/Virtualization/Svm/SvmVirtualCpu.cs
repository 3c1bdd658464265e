// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>A virtual processor on AMD-V: its VMCB, and the entry.</summary>
internal sealed unsafe partial class SvmVirtualCpu : VirtualCpu
{
    private const ushort BusyBit = 2;
    private const uint FlushAll = 1;
    private const uint FlushThisAsid = 3;
    private const ulong NativeRatio = 1UL << ClockRatio.FractionBits;

    private const ushort PausesOfALoop = 64;

    private readonly SvmVendor _vendor;
    private readonly Vmcb* _vmcb;
    private readonly HostPhysical _vmcbFrame;
    private readonly ulong _nextRipMask;
    private SvmContext _context;
    private ProcessorVirtualization? _enteredOn;
    private TagAllocator? _asids;
    private ulong _asidGeneration;
    private int _mapGeneration;
    private int _acknowledged;
    private bool _mustFlush = true;
    private uint _pauses;
    private ulong _timestampRatio = NativeRatio;

    public SvmVirtualCpu(int index, SvmVendor vendor, GuestMap map, CpuidModel cpuid, in SvmControl control)
        : base(index, vendor, map, cpuid)
    {
        _vendor = vendor;
        _vmcbFrame = control.Vmcb;
        _vmcb = (Vmcb*)DirectMap.ToPointer(control.Vmcb);
        _context.Vmcb = (ulong)_vmcb;
        _context.VmcbPhysical = control.Vmcb.Value;
        _nextRipMask = vendor.Svm.NextRip ? ulong.MaxValue : 0;
        InitializeControl(in control);
    }

    public override int PrivilegeLevel => _vmcb->PrivilegeLevel;

    public override int AcknowledgedGeneration => System.Threading.Volatile.Read(ref _acknowledged);

    internal Vmcb* Vmcb => _vmcb;

    internal SvmFeatures Features => _vendor.Svm;

    /// <summary>
    /// All ones where the processor saves the next RIP (NRIPS), else zero: the field is not its then.
    /// </summary>
    internal ulong NextRipMask => _nextRipMask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void Run()
    {
        Vmcb* vmcb = _vmcb;
        if (!IsLive || _asidGeneration != _asids!.Generation)
        {
            MoveHere();
        }

        int generation = Map.Generation;
        if (_mustFlush || _mapGeneration != generation)
        {
            Flush(generation);
        }

        if (_isWatched)
        {
            BeforeWatchedEntry();
        }

        SvmEntry.Run(ref _context, ref Registers);
        vmcb->Clean = VmcbClean.All;
        vmcb->InjectedEvent = 0;
        vmcb->TlbControl = 0;
        if (_isWatched)
        {
            AfterWatchedEntry();
        }

        SvmExitDecoder.Decode(this, vmcb);
    }

    public override void FlushTlb() => _mustFlush = true;

    public override void Free(FrameAllocator frames)
    {
        Detach();
        _ = frames.FreeFrame(_vmcbFrame);
    }

    public override void SetSpeculationControl(ulong value)
    {
        _context.GuestSpeculation = value;
        SetWork(EntryWork.SpeculationControl, value != _context.HostSpeculation);
    }

    /// <summary>TSC_RATIO multiplies before TSC_OFFSET is added (APM volume 2, 15.30.5).</summary>
    public override void ScaleTimestamp(ClockRatio ratio)
    {
        if (_vendor.CanScaleTimestamp(ratio))
        {
            _timestampRatio = ratio.Value;
        }
        else
        {
            SetIntercept(SvmIntercepts.Rdtsc | SvmIntercepts.Rdtscp, true);
        }
    }

    /// <summary>
    /// Without the pause filter (APM volume 2, 15.14.4) every PAUSE leaves the guest, and this many make a loop.
    /// </summary>
    internal override bool IsPauseLoop()
    {
        _pauses++;
        return Features.PauseFilter || _pauses % PausesOfALoop == 0;
    }

    public override void HaveSiblings()
    {
        SetIntercept(SvmIntercepts.Pause, true);
        if (Features.PauseFilter)
        {
            _vmcb->PauseFilterCount = PausesOfALoop;
        }
    }

    protected override void SetTimestampOffset(ulong value) => _vmcb->TimestampOffset = value;

    /// <summary>TSC_RATIO has no effect outside of guests, so it can stay until another vCPU comes.</summary>
    protected override void LoadVendorState()
    {
        if (Features.TimestampRatio)
        {
            Instructions.WriteMsr(Msr.TimestampRatio, _timestampRatio);
        }
    }

    /// <summary>
    /// The vCPU was elsewhere (and detached there), another one was here, or the address-space identifiers ran out.
    /// </summary>
    private void MoveHere()
    {
        if (!IsLive)
        {
            // Another guest's branches must not steer this one's.
            IssuePredictionBarrier();
            MakeLive();
        }

        if (_enteredOn != Processor)
        {
            // VMSAVE here, on the exit stack: a host task has another GS base.
            _enteredOn = Processor;
            _asids = ((SvmProcessor)Processor).Asids;
            _context.HostPhysical = ((SvmProcessor)Processor).SavedState.Value;
            SvmEntry.SaveHost(_context.HostPhysical);
            _vmcb->Asid = 0;
            _vmcb->Clean = VmcbClean.None;
            _mustFlush = true;
        }

        if (_asidGeneration != _asids!.Generation)
        {
            _mustFlush = true;
        }
    }

    private void Flush(int generation)
    {
        bool hasAsid = _asidGeneration == _asids!.Generation && _vmcb->Asid != 0;
        if (hasAsid && Features.FlushByAsid)
        {
            _vmcb->TlbControl = FlushThisAsid;
        }
        else
        {
            _vmcb->Asid = _asids!.Allocate(out bool mustFlush);
            _vmcb->TlbControl = mustFlush ? FlushAll : 0;
            _asidGeneration = _asids!.Generation;
        }

        _mustFlush = false;
        _mapGeneration = generation;
        System.Threading.Volatile.Write(ref _acknowledged, generation);
    }

    private void InitializeControl(in SvmControl control)
    {
        *_vmcb = default;
        _vmcb->Intercepts = SvmIntercepts.Always;
        _vmcb->WriteInterceptsOfCr = (1 << 4) | (1 << 8);
        if (_vendor.IsTcg)
        {
            _vmcb->ReadInterceptsOfDr = 1 << 7;
            _vmcb->WriteInterceptsOfDr = 1 << 7;
        }

        _vmcb->ExceptionIntercepts = ExceptionVector.Intercepted;
        _vmcb->PortMap = control.Ports.Value;
        _vmcb->MsrMap = control.Msrs.Value;
        _vmcb->NestedControl = 1;
        _vmcb->NestedCr3 = Map.Root.Value;
        _vmcb->InterruptControlWord = new InterruptControl { Masking = true }.Value;
        _vmcb->Efer = new Efer { SvmEnable = true }.Value;
    }

    private void SetWork(EntryWork bit, bool isOn) =>
        _context.Work = isOn ? _context.Work | bit : _context.Work & ~bit;
}
