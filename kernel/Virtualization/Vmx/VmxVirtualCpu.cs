// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>A virtual processor on VT-x: its VMCS, and the entry.</summary>
internal sealed partial class VmxVirtualCpu : VirtualCpu
{
    private const ulong OneContext = 1;
    private const ulong AllContexts = 2;
    private const ulong TimerSlicesPerSecond = 100;

    private readonly VmxVendor _vendor;
    private readonly Vmcs _vmcs;
    private readonly EptPointer _eptPointer;
    private VmxContext _context;
    private ProcessorVirtualization? _enteredOn;
    private TagAllocator? _vpids;
    private ulong _vpidGeneration;
    private ushort _vpid;
    private int _mapGeneration;
    private int _acknowledged;
    private bool _mustFlush = true;

    public VmxVirtualCpu(int index, VmxVendor vendor, GuestMap map, CpuidModel cpuid, in VmxControl control)
        : base(index, vendor, map, cpuid)
    {
        _vendor = vendor;
        _vmcs = new Vmcs(control.Vmcs, vendor.Capabilities.Basic.Revision);
        _msrs = control.Msrs;
        _apicMsrs = control.ApicMsrs;
        _posted = new PostedInterrupts(control.Posted);
        _posted.Clear();
        _eptPointer = EptPointer.To(map.Root, vendor.Capabilities.Ept.AccessedDirty);
        _context.Work = vendor.EntryWork;
        InitializeControls();
    }

    public override int AcknowledgedGeneration => Volatile.Read(ref _acknowledged);

    internal Vmcs Vmcs => _vmcs;

    internal VmxCapabilities Capabilities => _vendor.Capabilities;

    internal ref readonly VmxContext Context => ref _context;

    /// <summary>
    /// What ran here before may have left data in the cache that the guest must not read (L1 terminal fault).
    /// </summary>
    public override void BeginSlice()
    {
        FlushCache();
        var processor = (VmxProcessor)Processor;
        if (_sharesApicPage && processor.CurrentVmcs != _vmcs.Frame.Value)
        {
            _mapGeneration = 0;
        }

        _vmcs.MakeCurrent(processor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override void Run()
    {
        if (!IsLive || _enteredOn == null || _vpidGeneration != _vpids!.Generation)
        {
            MoveHere();
        }

        int generation = Map.Generation;
        if (_mustFlush || _mapGeneration != generation)
        {
            Flush(generation);
        }

        VmxEntry.Run(ref _context, ref Registers);
        _isInjecting = false;
        VmxExitDecoder.Decode(this, in _context);
    }

    public override void FlushTlb() => _mustFlush = true;

    public override void Free(FrameAllocator frames)
    {
        Detach();
        _ = frames.FreeFrame(_vmcs.Frame);
        _ = frames.FreeFrame(_posted.Address);
    }

    public override void SetSpeculationControl(ulong value)
    {
        _context.GuestSpeculation = value;
        SetWork(EntryWork.SpeculationControl, value != _context.HostSpeculation);
    }

    protected override void SetTimestampOffset(ulong value) => _vmcs.Write(VmcsField64.TscOffset, value);

    /// <summary>
    /// The VMCS leaves the processor that has it: another one may load it, or its frame is used again.
    /// </summary>
    protected override void LeaveProcessor()
    {
        _vmcs.Clear();
        _context.IsLaunched = 0;
        _enteredOn = null;
    }

    /// <summary>
    /// The vCPU was elsewhere (and detached there), another one was here, or the identifiers ran out.
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
            _enteredOn = Processor;
            _vpids = ((VmxProcessor)Processor).Vpids;
            _vpid = 0;
            _mustFlush = true;
            _mapGeneration = 0;
            VmxHostState.Write(_vmcs, RealProcessor);
            SetPreemptionTimer();
        }

        if (_vpidGeneration != _vpids!.Generation)
        {
            _vpid = 0;
            _mustFlush = true;
        }
    }

    /// <summary>
    /// Linear and combined translations are tagged by the VPID, guest-physical and combined ones by the EPT pointer
    /// (SDM volume 3, 29.4.1). So a flush that the guest's own state asks for is INVVPID, one that a change of the
    /// nested tables asks for is INVEPT (29.4.3.3 and .4); the second is also needed where this processor may still
    /// know another map whose root lay in the same frame. Without VPIDs entries and exits flush what the first would.
    /// </summary>
    private void Flush(int generation)
    {
        if (_vendor.Capabilities.HasVpid && _mustFlush)
        {
            FlushVpid();
        }

        bool isNewHere = _mapGeneration == 0;
        if (_mapGeneration != generation)
        {
            bool canOne = _vendor.Capabilities.Ept.InveptSingle;
            VmxInstructions.InvalidateEpt(canOne ? OneContext : AllContexts, canOne ? _eptPointer.Value : 0);
        }

        _mustFlush = false;
        _mapGeneration = generation;
        Volatile.Write(ref _acknowledged, generation);
        if (isNewHere)
        {
            VerifyEntry();
        }
    }

    private void FlushVpid()
    {
        if (_vpid == 0 || !_vendor.Capabilities.Ept.InvvpidSingle)
        {
            _vpid = (ushort)_vpids!.Allocate(out bool mustFlush);
            _vmcs.Write(VmcsField16.Vpid, _vpid);
            _vpidGeneration = _vpids!.Generation;
            if (_vendor.Capabilities.Ept.InvvpidAll)
            {
                // One flush of everything begins a generation; the identifiers that it hands out then are unused.
                if (mustFlush)
                {
                    VmxInstructions.InvalidateVpid(AllContexts, 0);
                }

                return;
            }
        }

        VmxInstructions.InvalidateVpid(OneContext, _vpid);
    }

    private void FlushCache()
    {
        if (_vendor.FlushesCache)
        {
            Instructions.WriteMsr(Msr.FlushCommand, 1);
        }
    }

    /// <summary>
    /// An upper limit for the guest's stay: interrupts end it long before. Bochs does not leave a guest that was
    /// entered with interrupts off for an interrupt of the host; this makes it leave. The value is loaded anew at each
    /// entry (26.7.4).
    /// </summary>
    private void SetPreemptionTimer()
    {
        if (_vendor.Capabilities.Has(PinControls.PreemptionTimer))
        {
            ulong ticks = (Clock.ProcessorTimestampFrequency / TimerSlicesPerSecond) >> _vendor.Capabilities.TimerShift;
            _vmcs.Write(VmcsField32.PreemptionTimer, (uint)System.Math.Clamp(ticks, 1, uint.MaxValue));
        }
    }

    /// <summary>Checked builds look at all that the processor will look at, and say what is wrong.</summary>
    private void VerifyEntry()
    {
        if (BuildFlavour.IsChecked
            && VmxEntryChecks.FindViolation(_vmcs, _vendor.Capabilities, in Registers) is { } violation)
        {
            Log.Warning($"vCPU {Index} cannot be entered: {violation}");
            Invariant.Fail();
        }
    }

    private void SetWork(EntryWork bit, bool isOn) =>
        _context.Work = isOn ? _context.Work | bit : _context.Work & ~bit;
}
