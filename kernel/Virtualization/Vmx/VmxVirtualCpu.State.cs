// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The guest's state that lives in the VMCS.</summary>
internal sealed partial class VmxVirtualCpu
{
    /// <summary>
    /// The bits of CR0 that the guest reads and writes itself: PE, MP, EM, TS, WP, AM, PG. The others are the host's,
    /// because VMX fixes them (NE) or because the guest must not have its way (CD and NW would outlive the exit).
    /// </summary>
    private const ulong GuestOwnedCr0 = 0x8005_000F;
    private const ulong MachineCheckBit = 1 << 6;
    private const ulong CacheBits = 0x6000_0000;
    private const ulong UnrestrictedCr0 = 0x8000_0001;
    private const int RegisterStride = 2;

    private ulong _cr0Shadow;
    private ulong _cr4;

    /// <summary>The DPL of SS, whether or not it can be used (SDM volume 3, 25.4.1).</summary>
    public override int PrivilegeLevel => (int)(Vmcs.ReadCurrent(VmcsField32.GuestSsRights) >> 5) & 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override ulong ReadState(StateRegister register) => register switch
    {
        StateRegister.Cr0 => (_vmcs.Read(VmcsFieldNatural.GuestCr0) & GuestOwnedCr0) | (_cr0Shadow & ~GuestOwnedCr0),
        StateRegister.Cr3 => _vmcs.Read(VmcsFieldNatural.GuestCr3),
        StateRegister.Cr4 => _cr4,
        StateRegister.Dr7 => _vmcs.Read(VmcsFieldNatural.GuestDr7),
        StateRegister.Efer => _vmcs.Read(VmcsField64.GuestEfer),
        StateRegister.Pat => _vmcs.Read(VmcsField64.GuestPat),
        StateRegister.FsBase => _vmcs.Read(VmcsFieldNatural.GuestFsBase),
        StateRegister.GsBase => _vmcs.Read(VmcsFieldNatural.GuestGsBase),
        StateRegister.SysenterCs => _vmcs.Read(VmcsField32.GuestSysenterCs),
        StateRegister.SysenterEsp => _vmcs.Read(VmcsFieldNatural.GuestSysenterEsp),
        StateRegister.SysenterEip => _vmcs.Read(VmcsFieldNatural.GuestSysenterEip),
        _ => ReadLive(register),
    };

    public override void WriteState(StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Cr0:
                WriteCr0(value);
                break;
            case StateRegister.Cr3:
                _vmcs.Write(VmcsFieldNatural.GuestCr3, value);
                break;
            case StateRegister.Cr4:
                WriteCr4(value);
                break;
            case StateRegister.Dr7:
                _vmcs.Write(VmcsFieldNatural.GuestDr7, value);
                break;
            case StateRegister.Efer:
                WriteEfer(value);
                break;
            case StateRegister.Pat:
                _vmcs.Write(VmcsField64.GuestPat, value);
                break;
            case StateRegister.FsBase:
                _vmcs.Write(VmcsFieldNatural.GuestFsBase, value);
                break;
            case StateRegister.GsBase:
                _vmcs.Write(VmcsFieldNatural.GuestGsBase, value);
                break;
            case StateRegister.SysenterCs:
                _vmcs.Write(VmcsField32.GuestSysenterCs, (uint)value);
                break;
            case StateRegister.SysenterEsp:
                _vmcs.Write(VmcsFieldNatural.GuestSysenterEsp, value);
                break;
            case StateRegister.SysenterEip:
                _vmcs.Write(VmcsFieldNatural.GuestSysenterEip, value);
                break;
            default:
                WriteLive(register, value);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public override bool IsIn(in FetchMode mode) =>
        Vmcs.ReadCurrent(VmcsFieldNatural.GuestCr3) == mode.Cr3
        && Vmcs.ReadCurrent(VmcsFieldNatural.GuestCr0) == mode.Cr0
        && VmxSegment.ToAttributes(Vmcs.ReadCurrent(VmcsField32.GuestCsRights)) == mode.CodeAttributes
        && Vmcs.ReadCurrent(VmcsFieldNatural.GuestCsBase) == mode.CodeBase;

    public override void Capture(out FetchMode mode)
    {
        mode.Cr0 = _vmcs.Read(VmcsFieldNatural.GuestCr0);
        mode.Cr3 = _vmcs.Read(VmcsFieldNatural.GuestCr3);
        mode.CodeBase = _vmcs.Read(VmcsFieldNatural.GuestCsBase);
        mode.CodeAttributes = VmxSegment.ToAttributes(_vmcs.Read(VmcsField32.GuestCsRights));
    }

    public override SegmentState ReadSegment(SegmentRegister register)
    {
        ulong start = _vmcs.Read(At(VmcsFieldNatural.GuestEsBase, register));
        uint limit = _vmcs.Read(At(VmcsField32.GuestEsLimit, register));
        return register >= SegmentRegister.Gdtr
            ? new SegmentState(0, start, limit, 0)
            : new SegmentState(
                _vmcs.Read(At(VmcsField16.GuestEsSelector, register)),
                start,
                limit,
                VmxSegment.ToAttributes(_vmcs.Read(At(VmcsField32.GuestEsRights, register))));
    }

    public override void WriteSegment(SegmentRegister register, in SegmentState value)
    {
        _vmcs.Write(At(VmcsFieldNatural.GuestEsBase, register), value.Base);
        _vmcs.Write(At(VmcsField32.GuestEsLimit, register), value.Limit);
        if (register < SegmentRegister.Gdtr)
        {
            _vmcs.Write(At(VmcsField16.GuestEsSelector, register), value.Selector);
            _vmcs.Write(At(VmcsField32.GuestEsRights, register), VmxSegment.ToRights(value.Attributes));
        }
    }

    /// <summary>
    /// With PAE paging the four entries that CR3 points at are registers of the processor, which an entry loads from
    /// the VMCS (SDM volume 3, 4.4.1 and 27.3.2.4). False where one has a reserved bit, which is #GP.
    /// </summary>
    public override bool TryLoadPageDirectoryPointers(ulong cr3)
    {
        const ulong TableMask = 0xFFFF_FFE0;
        var table = new GuestPhysical(cr3 & TableMask);
        if (!TryReadPointer(table, 0, out ulong entry0) || !TryReadPointer(table, 1, out ulong entry1)
            || !TryReadPointer(table, 2, out ulong entry2) || !TryReadPointer(table, 3, out ulong entry3))
        {
            return false;
        }

        WritePageDirectoryPointers(entry0, entry1, entry2, entry3);
        return true;
    }

    private bool TryReadPointer(GuestPhysical table, ulong index, out ulong entry) =>
        Memory.TryRead(table.Add(index * sizeof(ulong)), out entry) && IsValidPointer(entry);

    private bool IsValidPointer(ulong entry)
    {
        const ulong Present = 1;
        const ulong ReservedLow = 0x1E6;
        return (entry & Present) == 0 || (entry & (ReservedLow | (~Cpuid.PhysicalMask & ~0xFFFUL))) == 0;
    }

    private void WritePageDirectoryPointers(ulong entry0, ulong entry1, ulong entry2, ulong entry3)
    {
        _vmcs.Write(VmcsField64.GuestPdpte0, entry0);
        _vmcs.Write(VmcsField64.GuestPdpte1, entry1);
        _vmcs.Write(VmcsField64.GuestPdpte2, entry2);
        _vmcs.Write(VmcsField64.GuestPdpte3, entry3);
    }

    /// <summary>What the guest sees goes to the shadow; what the processor gets has the bits that VMX fixes.</summary>
    private void WriteCr0(ulong value)
    {
        ulong mustBeOne = _vendor.Capabilities.Cr0Fixed0 & ~UnrestrictedCr0;
        _cr0Shadow = value;
        _vmcs.Write(VmcsFieldNatural.Cr0Shadow, value);
        _vmcs.Write(VmcsFieldNatural.GuestCr0, (value & ~CacheBits) | mustBeOne);
    }

    /// <summary>MCE stays as the host has it: a machine check with it off shuts the whole machine down.</summary>
    private void WriteCr4(ulong value)
    {
        _cr4 = value;
        _vmcs.Write(VmcsFieldNatural.Cr4Shadow, value);
        ulong machineCheck = new Cr4(Instructions.ReadCr4()).MachineCheckEnable ? MachineCheckBit : 0;
        _vmcs.Write(VmcsFieldNatural.GuestCr4, value | _vendor.Capabilities.Cr4Fixed0 | machineCheck);
        Emulation.ForgetPlaces();
    }

    /// <summary>
    /// An entry wants the control "IA-32e mode guest" to agree with EFER.LMA (SDM volume 3, 27.3.1.1).
    /// </summary>
    private void WriteEfer(ulong value)
    {
        var controls = (EntryControls)_vmcs.Read(VmcsField32.EntryControls) & ~EntryControls.LongMode;
        controls |= new Efer(value).LongModeActive ? EntryControls.LongMode : EntryControls.None;
        _vmcs.Write(VmcsField32.EntryControls, (uint)controls);
        _vmcs.Write(VmcsField64.GuestEfer, value);
        Emulation.ForgetPlaces();
    }

    /// <summary>The fields of the segment registers follow each other in the order of the registers' numbers.</summary>
    private static VmcsField16 At(VmcsField16 first, SegmentRegister register) =>
        (VmcsField16)((uint)first + ((uint)register * RegisterStride));

    private static VmcsField32 At(VmcsField32 first, SegmentRegister register) =>
        (VmcsField32)((uint)first + ((uint)register * RegisterStride));

    private static VmcsFieldNatural At(VmcsFieldNatural first, SegmentRegister register) =>
        (VmcsFieldNatural)((uint)first + ((uint)register * RegisterStride));
}
