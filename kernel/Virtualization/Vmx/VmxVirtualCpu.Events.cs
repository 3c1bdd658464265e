// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// Injection and the two windows; VT-x itself keeps the blocking by NMI ("virtual NMIs", SDM volume 3, 25.3).
/// </summary>
internal sealed partial class VmxVirtualCpu
{
    private const uint PendingStep = 1 << 14;
    private const uint ShadowBits = 3;

    private bool _isInjecting;

    public override bool IsInjecting => _isInjecting;

    public override bool InterruptShadow
    {
        get => ReadInterruptibility().HasShadow;
        set => WriteInterruptibility(ReadInterruptibility() with { BlockingByMovSs = value, BlockingBySti = false });
    }

    public override bool NmiBlocked
    {
        get => ReadInterruptibility().BlockingByNmi;
        set => WriteInterruptibility(ReadInterruptibility() with { BlockingByNmi = value });
    }

    public override bool InterruptWindow
    {
        get => (_processorControls & ProcessorControls.InterruptWindow) != 0;
        set => SetControl(ProcessorControls.InterruptWindow, value);
    }

    /// <summary>Bochs 2.7 never opens it; the preemption timer, which always runs, has the gate look there.</summary>
    public override bool NmiWindow
    {
        get => (_processorControls & ProcessorControls.NmiWindow) != 0;
        set => SetControl(ProcessorControls.NmiWindow, value);
    }

    /// <summary>
    /// The processor clears the field's valid bit at an exit (SDM volume 3, 28.2). An NMI must not find blocking by
    /// NMI, and sets it itself (27.3.1.5).
    /// </summary>
    public override void Inject(in VirtualEvent item)
    {
        byte type = item.Kind switch
        {
            EventKind.Interrupt => VmxEvent.TypeInterrupt,
            EventKind.Nmi => VmxEvent.TypeNmi,
            EventKind.SoftwareInterrupt => VmxEvent.TypeSoftwareInterrupt,
            _ => VmxEvent.TypeException,
        };
        bool hasErrorCode = item.HasErrorCode && new Cr0(ReadState(StateRegister.Cr0)).ProtectionEnable;
        if (item.Kind == EventKind.Nmi)
        {
            NmiBlocked = false;
        }

        if (hasErrorCode)
        {
            _vmcs.Write(VmcsField32.EntryErrorCode, (ushort)item.ErrorCode);
        }

        _vmcs.Write(VmcsField32.EntryInstructionLength, item.InstructionLength);
        _vmcs.Write(VmcsField32.EntryEvent, new VmxEvent
        {
            Vector = item.Vector,
            Type = type,
            HasErrorCode = hasErrorCode,
            IsValid = true,
        }.Value);
        _isInjecting = true;
    }

    /// <summary>Most exits find none: that is seen in what the entry code has copied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected override void ClearInterruptShadow()
    {
        if ((_context.Interruptibility & ShadowBits) != 0)
        {
            EndShadow();
        }
    }

    /// <summary>
    /// The single step that was pending is raised by who advances RIP; breakpoints that MOV SS held back are due now.
    /// </summary>
    private void EndShadow()
    {
        WriteInterruptibility(ReadInterruptibility() with { BlockingBySti = false, BlockingByMovSs = false });
        ulong pending = _vmcs.Read(VmcsFieldNatural.GuestPendingDebug);
        if (pending != 0)
        {
            _vmcs.Write(VmcsFieldNatural.GuestPendingDebug, pending & ~(ulong)PendingStep);
            EventDelivery.RaisePendingTrap(this);
        }
    }

    /// <summary>
    /// The window may open behind an STI, which holds off interrupts and not NMIs (SDM volume 3, 26.2); the shadow
    /// ends, or the NMI would wait for the same window again.
    /// </summary>
    internal void EndNmiWindow()
    {
        NmiWindow = false;
        WriteInterruptibility(ReadInterruptibility() with { BlockingBySti = false });
    }

    protected override void ResetInjection()
    {
        _vmcs.Write(VmcsField32.EntryEvent, 0);
        WriteInterruptibility(default);
        _vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0);
        _isInjecting = false;
        InterruptWindow = false;
        NmiWindow = false;
        TaskPriority = 0;
    }

    /// <summary>
    /// A #DB that left the guest in a shadow with the trap flag on: the entry that delivers it must find the single
    /// step pending (SDM volume 3, 27.3.1.5).
    /// </summary>
    internal void KeepPendingStep()
    {
        if (new Rflags(Registers.Rflags).Trap && ReadInterruptibility().HasShadow)
        {
            ulong pending = _vmcs.Read(VmcsFieldNatural.GuestPendingDebug);
            _vmcs.Write(VmcsFieldNatural.GuestPendingDebug, pending | PendingStep);
        }
    }

    public override Dr6 TakePendingTrap()
    {
        var pending = new PendingDebug(_vmcs.Read(VmcsFieldNatural.GuestPendingDebug));
        if (!pending.IsArmed && !pending.SingleStep)
        {
            return default;
        }

        _vmcs.Write(VmcsFieldNatural.GuestPendingDebug, 0);
        return new Dr6 { Breakpoints = pending.Breakpoints, SingleStep = pending.SingleStep };
    }

    private Interruptibility ReadInterruptibility() => new(_vmcs.Read(VmcsField32.GuestInterruptibility));

    private void WriteInterruptibility(Interruptibility value)
    {
        _context.Interruptibility = value.Value;
        _vmcs.Write(VmcsField32.GuestInterruptibility, value.Value);
    }
}
