// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// Injection and the two windows. SVM knows no blocking by NMI (before VNMI), so it is kept here: from an injected NMI
/// to the end of the IRET that the IRET intercept announces.
/// </summary>
internal sealed unsafe partial class SvmVirtualCpu
{
    private const ulong ShadowBit = 1;
    private const ulong TrapFlag = 1 << 8;
    private const byte HighestPriority = 0xF;

    private bool _nmiBlocked;
    private bool _interruptWindow;

    /// <summary>
    /// An IRET is about to end the blocking: it has done so when the guest is seen elsewhere than here.
    /// </summary>
    private bool _watchesReturn;
    private ulong _returnRip;

    /// <summary>An instruction is stepped over with a trap flag of ours: for an NMI to come, or for a shadow.</summary>
    private bool _stepping;
    private bool _stepWanted;
    private bool _guestTraps;
    private bool _isWatched;

    /// <summary>The shadow is kept by stepping over the instruction in it, which stands here.</summary>
    private bool _keepsShadow;
    private ulong _shadowRip;

    /// <summary>The interrupt to inject waits as a virtual one, for this one entry.</summary>
    private bool _offersInterrupt;

    /// <summary>An NMI waits for what is injected: the guest is left as soon as that has been delivered.</summary>
    private bool _leavesAtOnce;

    public override bool IsInjecting => _offersInterrupt || new SvmEvent(_vmcb->InjectedEvent).IsValid;

    public override bool InterruptShadow
    {
        get => (_vmcb->InterruptState & ShadowBit) != 0;
        set => _vmcb->InterruptState = value ? ShadowBit : 0;
    }

    public override bool NmiBlocked
    {
        get => _nmiBlocked;
        set
        {
            _nmiBlocked = value;
            _watchesReturn = false;
            UpdateWatch();
            SetIntercept(SvmIntercepts.Iret, value);
        }
    }

    public override byte TaskPriority
    {
        get => new InterruptControl(_vmcb->InterruptControlWord).TaskPriority;
        set
        {
            var control = new InterruptControl(_vmcb->InterruptControlWord);
            if (control.TaskPriority != value)
            {
                _vmcb->InterruptControlWord = (control with { TaskPriority = value }).Value;
            }
        }
    }

    /// <summary>A virtual interrupt of highest priority that leaves the guest instead of being taken.</summary>
    public override bool InterruptWindow
    {
        get => _interruptWindow;
        set
        {
            // Where the shadow is kept by stepping, VMRUN would find the window open; the step's end looks again. Only
            // one virtual interrupt can wait: where one is offered, the exit that follows looks again.
            value &= !_keepsShadow && !_offersInterrupt;
            if (_interruptWindow == value)
            {
                return;
            }

            _interruptWindow = value;
            SetIntercept(SvmIntercepts.VirtualInterrupt, value);
            SetVirtualInterrupt(value, vector: 0);
        }
    }

    /// <summary>
    /// While an NMI is handled its IRET opens the window; otherwise the instruction in the shadow is stepped over. Not
    /// while something is injected, whose frame would save the trap flag: then an interrupt that is there already when
    /// the guest is entered makes it leave before the handler's first instruction. A virtual interrupt, which would
    /// come after that one, waits for the next exit.
    /// </summary>
    public override bool NmiWindow
    {
        get => _stepWanted || AwaitsReturn;
        set
        {
            bool isWanted = value && !AwaitsReturn;
            _stepWanted = isWanted && !IsInjecting;
            _leavesAtOnce = isWanted && IsInjecting && !_offersInterrupt;
            UpdateWatch();
        }
    }

    /// <summary>An NMI is handled, and its IRET has not been come to.</summary>
    private bool AwaitsReturn => _nmiBlocked && !_watchesReturn;

    public override void Inject(in VirtualEvent item)
    {
        WithdrawWindow(in item);
        if (item.Kind == EventKind.Interrupt && _vendor.InjectsTwice)
        {
            InterruptWindow = false;
            SetVirtualInterrupt(true, item.Vector);
            _offersInterrupt = true;
            UpdateWatch();
            return;
        }

        byte type = item.Kind switch
        {
            EventKind.Interrupt => SvmEvent.TypeInterrupt,
            EventKind.Nmi => SvmEvent.TypeNmi,
            EventKind.SoftwareInterrupt => SvmEvent.TypeSoftwareInterrupt,
            _ => SvmEvent.TypeException,
        };
        if (item.Kind == EventKind.Nmi)
        {
            NmiBlocked = true;
        }

        if (item.Kind == EventKind.Exception && item.Vector == ExceptionVector.PageFault)
        {
            // VMRUN loads it (APM volume 2, 15.5.1), but not in Bochs: 2.7 to 3.0 read the field and forget it.
            Instructions.WriteCr2(_vmcb->Cr2);
        }

        if (_keepsShadow)
        {
            // A delivery ends the shadow; its frame must not save the trap flag of the step.
            ClearInterruptShadow();
            _keepsShadow = false;
            UpdateWatch();
        }

        bool isProtected = new Cr0(_vmcb->Cr0).ProtectionEnable;
        _vmcb->InjectedEvent = new SvmEvent
        {
            Vector = item.Vector,
            Type = type,
            HasErrorCode = item.HasErrorCode && isProtected,
            ErrorCode = item.ErrorCode,
            IsValid = true,
        }.Value;
    }

    /// <summary>
    /// What is delivered comes before the IRET that was about to end the blocking, so the next one is watched for anew;
    /// and its frame must not save the trap flag of a step.
    /// </summary>
    private void WithdrawWindow(in VirtualEvent item)
    {
        if (_watchesReturn && item.Kind != EventKind.Nmi)
        {
            NmiBlocked = true;
        }

        if (_stepWanted)
        {
            _stepWanted = false;
            HasEvents |= NmiPending;
            UpdateWatch();
        }
    }

    protected override void ClearInterruptShadow() => _vmcb->InterruptState = 0;

    protected override void ResetInjection()
    {
        _ = WithdrawInterrupt(out _);
        _vmcb->InjectedEvent = 0;
        _vmcb->InterruptState = 0;
        InterruptWindow = false;
        NmiBlocked = false;
        NmiWindow = false;
        _keepsShadow = false;
        UpdateWatch();
        TaskPriority = 0;
    }

    /// <summary>The intercept of IRET: the blocking ends with the instruction that is about to run.</summary>
    internal void BeginReturn()
    {
        SetIntercept(SvmIntercepts.Iret, false);
        _watchesReturn = true;
        _returnRip = Registers.Rip;
        UpdateWatch();
    }

    /// <summary>
    /// The guest was left in an interrupt shadow, before the instruction in it. VMRUN takes the shadow up again (APM
    /// volume 2, 15.21.5), but in QEMU before 10.0 it does not: an interrupt would come between STI and HLT, and the
    /// guest sleep on after it. There the instruction is stepped over before any interrupt is looked at.
    /// </summary>
    internal void KeepShadow()
    {
        if (!_vendor.ForgetsShadow || !InterruptShadow)
        {
            return;
        }

        InterruptWindow = false;
        _keepsShadow = true;
        _shadowRip = Registers.Rip;
        HasEvents = true;
        UpdateWatch();
    }

    /// <summary>
    /// #DB of a step of ours: true where nobody else asked for it and the guest sees nothing of it; false where the
    /// guest steps too, or where a breakpoint of its own was met.
    /// </summary>
    internal bool TryEndStep()
    {
        if (!_stepping)
        {
            return false;
        }

        _stepWanted = false;
        _keepsShadow = false;
        UpdateWatch();
        var reasons = new Dr6(_vmcb->Dr6);
        if (!_guestTraps)
        {
            _vmcb->Dr6 = (reasons with { SingleStep = false }).Value;
        }

        HasEvents = true;
        return !_guestTraps && reasons.Breakpoints == 0 && !reasons.DebugRegisterAccess;
    }

    /// <summary>Arms the trap flag for the entry that follows.</summary>
    private void BeforeWatchedEntry()
    {
        if (_stepping)
        {
            _guestTraps = (Registers.Rflags & TrapFlag) != 0;
            Registers.Rflags |= TrapFlag;
        }

        if (_leavesAtOnce)
        {
            RealProcessor.KickItself();
        }
    }

    /// <summary>
    /// After an exit: has the IRET been executed, or the instruction in the shadow? The trap flag that is ours is taken
    /// out where it is still there.
    /// </summary>
    private void AfterWatchedEntry()
    {
        if (_offersInterrupt)
        {
            ulong offered = WithdrawInterrupt(out bool wasTaken);
            HasEvents = true;
            if (!wasTaken)
            {
                // The exit came first, or the delivery itself met it: QEMU then reports an exception of this number.
                _vmcb->ExitEvent = offered;
            }
        }

        if (_leavesAtOnce)
        {
            _leavesAtOnce = false;
            UpdateWatch();
        }

        // The step was not made; with what made the guest leave instead the shadow may be over, and the NMI due.
        HasEvents |= _stepWanted;
        bool hasReturned = _watchesReturn && Registers.Rip != _returnRip;
        if (_stepping && !_guestTraps && !hasReturned)
        {
            Registers.Rflags &= ~TrapFlag;
        }

        if (hasReturned)
        {
            _nmiBlocked = false;
            _watchesReturn = false;
            UpdateWatch();
            HasEvents |= NmiPending;
        }

        if (_keepsShadow && _vmcb->ExitCode != (uint)SvmExitCode.Exception0 + ExceptionVector.Debug)
        {
            InterruptShadow |= Registers.Rip == _shadowRip;
            _keepsShadow = false;
            HasEvents = true;
            UpdateWatch();
        }
    }

    /// <summary>
    /// No virtual interrupt waits any more. Gives the one that was offered in the format of EVENTINJ, and whether the
    /// guest has taken it: the processor clears V_IRQ then (APM volume 2, 15.21.4).
    /// </summary>
    private ulong WithdrawInterrupt(out bool wasTaken)
    {
        var control = new InterruptControl(_vmcb->InterruptControlWord);
        wasTaken = !control.IsPending;
        if (!_offersInterrupt)
        {
            return 0;
        }

        _offersInterrupt = false;
        SetVirtualInterrupt(false, vector: 0);
        UpdateWatch();
        return new SvmEvent { Vector = control.Vector, Type = SvmEvent.TypeInterrupt, IsValid = true }.Value;
    }

    private void SetVirtualInterrupt(bool isPending, byte vector)
    {
        var control = new InterruptControl(_vmcb->InterruptControlWord);
        _vmcb->InterruptControlWord = (control with
        {
            IsPending = isPending,
            IgnoreTaskPriority = isPending,
            Priority = isPending ? HighestPriority : (byte)0,
            Vector = vector,
        }).Value;
    }

    /// <summary>Keeps what the entry looks at in step with the five reasons to look twice.</summary>
    private void UpdateWatch()
    {
        _stepping = _stepWanted || _keepsShadow;
        _isWatched = _watchesReturn || _stepping || _offersInterrupt || _leavesAtOnce;
    }

    private void SetIntercept(SvmIntercepts bit, bool isOn)
    {
        SvmIntercepts old = _vmcb->Intercepts;
        SvmIntercepts changed = isOn ? old | bit : old & ~bit;
        if (changed != old)
        {
            _vmcb->Intercepts = changed;
        }
    }
}
