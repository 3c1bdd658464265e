// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The state that entry and exit leave in the processor's registers because the hypervisor's own code
/// does not touch it: x87, the upper parts of the vector registers, PKRU, XCR0, DR0 to DR3 and TSC_AUX.
/// It moves when vCPUs change places.
/// </summary>
public abstract partial class VirtualCpu
{
    private const ulong ResetXcr0 = ExtendedStateModel.X87;
    private const uint TscAuxMsr = 0xC000_0103;

    private readonly ExtendedStateArea _extendedState;
    private ProcessorVirtualization _processor = null!;
    private ulong _xcr0 = ResetXcr0;
    private ulong _breakpoint0;
    private ulong _breakpoint1;
    private ulong _breakpoint2;
    private ulong _breakpoint3;
    private uint _tscAux;
    private readonly VmLife? _life = CurrentProcessor.Life;
    private bool _isLive;

    /// <summary>
    /// The real processor that this vCPU runs on. Set by the scheduler before the slice, with the old one left.
    /// </summary>
    public ProcessorVirtualization Processor
    {
        get => _processor;
        set
        {
            _processor = value;
            RealProcessor = value.Processor;
        }
    }

    /// <summary>The processor itself, for the words that the loop looks at on every entry.</summary>
    internal Processor RealProcessor { get; private set; } = null!;

    /// <summary>What CPUID and the machine's XSAVE offer.</summary>
    public VirtualizationVendor Vendor { get; }

    /// <summary>
    /// XCR0 of the guest. While it is live the register itself is read: not every processor reports that the guest
    /// changed it (QEMU 7.2 ignores the intercept of XSETBV).
    /// </summary>
    public ulong Xcr0
    {
        get => _isLive ? Instructions.Xgetbv(0) : _xcr0;
        set
        {
            _xcr0 = value;
            if (_isLive)
            {
                Instructions.Xsetbv(0, value);
            }
        }
    }

    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    public uint TscAux
    {
        get => _tscAux;
        set
        {
            _tscAux = value;
            if (_isLive && Vendor.HasTscAux)
            {
                Instructions.WriteMsr(TscAuxMsr, value);
            }
        }
    }

    /// <summary>The processor's registers hold this vCPU's live state.</summary>
    protected bool IsLive => _isLive;

    /// <summary>
    /// Takes the state out of the processor: before the vCPU runs elsewhere, or is read by a snapshot.
    /// </summary>
    public void Detach()
    {
        if (_isLive)
        {
            StoreLiveState();
            Processor.LiveStateOwner = default;
        }

        LeaveProcessor();
    }

    /// <summary>The vendor's part of <see cref="Detach"/>.</summary>
    protected virtual void LeaveProcessor()
    {
    }

    /// <summary>What the vendor keeps in the processor's registers beside the common live state.</summary>
    protected virtual void LoadVendorState()
    {
    }

    /// <summary>The other way.</summary>
    protected virtual void StoreVendorState()
    {
    }

    /// <summary>
    /// Makes this vCPU the one whose state the processor holds. Called by the vendor's entry, interrupts off.
    /// </summary>
    protected void MakeLive()
    {
        ProcessorVirtualization processor = Processor;
        processor.LiveStateOwner.Target?.StoreLiveState();
        ulong allowed = Vendor.ExtendedState.Allowed;
        Instructions.Xsetbv(0, allowed);
        _extendedState.Load(allowed);
        Instructions.Xsetbv(0, _xcr0);
        Instructions.WriteDr(0, _breakpoint0);
        Instructions.WriteDr(1, _breakpoint1);
        Instructions.WriteDr(2, _breakpoint2);
        Instructions.WriteDr(3, _breakpoint3);
        if (Vendor.HasTscAux)
        {
            Instructions.WriteMsr(TscAuxMsr, _tscAux);
        }

        LoadVendorState();
        processor.LiveStateOwner = new VmReference<VirtualCpu>(this, _life);
        _isLive = true;
    }

    /// <summary>One of the address registers DR0 to DR3.</summary>
    public ulong ReadBreakpoint(int index)
    {
        if (_isLive)
        {
            return Instructions.ReadDr(index);
        }

        return index switch
        {
            0 => _breakpoint0,
            1 => _breakpoint1,
            2 => _breakpoint2,
            _ => _breakpoint3,
        };
    }

    /// <summary>Sets one of DR0 to DR3.</summary>
    public void WriteBreakpoint(int index, ulong value)
    {
        if (_isLive)
        {
            Instructions.WriteDr(index, value);
        }

        switch (index)
        {
            case 0:
                _breakpoint0 = value;
                break;
            case 1:
                _breakpoint1 = value;
                break;
            case 2:
                _breakpoint2 = value;
                break;
            default:
                _breakpoint3 = value;
                break;
        }
    }

    private void StoreLiveState()
    {
        ulong allowed = Vendor.ExtendedState.Allowed;
        _xcr0 = Instructions.Xgetbv(0);
        Instructions.Xsetbv(0, allowed);
        _extendedState.Save(allowed);
        _breakpoint0 = Instructions.ReadDr(0);
        _breakpoint1 = Instructions.ReadDr(1);
        _breakpoint2 = Instructions.ReadDr(2);
        _breakpoint3 = Instructions.ReadDr(3);
        StoreVendorState();
        _isLive = false;
    }

    /// <summary>
    /// INIT keeps x87 and vector state on real processors; a fresh state is as good and hides the last guest's.
    /// </summary>
    private void ResetLiveState()
    {
        if (_isLive)
        {
            Processor.LiveStateOwner = default;
            _isLive = false;
        }

        _extendedState.Reset();
        _xcr0 = ResetXcr0;
        _breakpoint0 = 0;
        _breakpoint1 = 0;
        _breakpoint2 = 0;
        _breakpoint3 = 0;
        _tscAux = 0;
    }
}
