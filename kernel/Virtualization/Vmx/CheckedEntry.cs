// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>An entry that is checked: what several rules look at, read once, and the widths of addresses.</summary>
internal readonly struct CheckedEntry
{
    private const uint StructuredLeaf = 7;
    private const uint AddressLeaf = 0x8000_0008;
    private const ulong PageMask = 0xFFF;
    private const int AddressBits = 64;

    public readonly Vmcs Vmcs;
    public readonly VmxCapabilities Capabilities;
    public readonly PinControls Pin;
    public readonly ProcessorControls Processor;
    public readonly SecondaryControls Secondary;
    public readonly ExitControls Exit;
    public readonly EntryControls Entry;
    public readonly VmxEvent Event;
    public readonly Cr0 Cr0;
    public readonly Cr4 Cr4;
    public readonly ulong Rip;
    public readonly Rflags Flags;

    /// <summary>CPUID.7.0:EBX.</summary>
    public readonly uint Features;

    private readonly ulong _physicalMask;
    private readonly int _linearBits;

    /// <summary>RIP and RFLAGS are the record's: the entry code writes them to the VMCS at the entry itself.</summary>
    public CheckedEntry(Vmcs vmcs, VmxCapabilities capabilities, in GuestRegisters registers)
    {
        Vmcs = vmcs;
        Capabilities = capabilities;
        Pin = (PinControls)vmcs.Read(VmcsField32.PinControls);
        Processor = (ProcessorControls)vmcs.Read(VmcsField32.ProcessorControls);
        Secondary = (Processor & ProcessorControls.Secondary) != 0
            ? (SecondaryControls)vmcs.Read(VmcsField32.SecondaryControls)
            : SecondaryControls.None;
        Exit = (ExitControls)vmcs.Read(VmcsField32.ExitControls);
        Entry = (EntryControls)vmcs.Read(VmcsField32.EntryControls);
        Event = new VmxEvent(vmcs.Read(VmcsField32.EntryEvent));
        Cr0 = new Cr0(vmcs.Read(VmcsFieldNatural.GuestCr0));
        Cr4 = new Cr4(vmcs.Read(VmcsFieldNatural.GuestCr4));
        Rip = registers.Rip;
        Flags = new Rflags(registers.Rflags);
        Features = Instructions.Cpuid(0).Eax >= StructuredLeaf ? Instructions.Cpuid(StructuredLeaf).Ebx : 0;
        uint widths = Instructions.Cpuid(AddressLeaf).Eax;
        _physicalMask = (1UL << (byte)widths) - 1;
        _linearBits = (byte)(widths >> 8);
    }

    public bool IsUnrestricted => Has(SecondaryControls.UnrestrictedGuest);

    /// <summary>IA-32e mode: 64-bit code and its 32-bit subset.</summary>
    public bool IsLongMode => Has(EntryControls.LongMode);

    public bool IsVirtual8086 => Flags.Virtual8086;

    public bool Has(PinControls control) => (Pin & control) != 0;

    public bool Has(ProcessorControls control) => (Processor & control) != 0;

    public bool Has(SecondaryControls control) => (Secondary & control) != 0;

    public bool Has(ExitControls control) => (Exit & control) != 0;

    public bool Has(EntryControls control) => (Entry & control) != 0;

    /// <summary>The entry delivers an event of the given type.</summary>
    public bool Delivers(byte type) => Event.IsValid && Event.Type == type;

    /// <summary>The entry delivers the given exception.</summary>
    public bool DeliversException(byte vector) => Delivers(VmxEvent.TypeException) && Event.Vector == vector;

    /// <summary>The address has no bit beyond those of the processor's physical addresses.</summary>
    public bool IsPhysical(ulong address) => (address & ~_physicalMask) == 0;

    /// <summary>As <see cref="IsPhysical"/>, for what VMX is given: some processors want that below 4 GiB.</summary>
    public bool IsReachable(ulong address) =>
        IsPhysical(address) && (address <= uint.MaxValue || !Capabilities.Basic.AddressesAre32Bits);

    public bool IsCanonical(ulong address)
    {
        int spare = AddressBits - _linearBits;
        return (ulong)((long)(address << spare) >> spare) == address;
    }

    /// <summary>The bits beyond those of linear addresses are all equal, whatever the one below them.</summary>
    public bool HasEqualHighBits(ulong address)
    {
        ulong high = address >> _linearBits;
        return high == 0 || high == ulong.MaxValue >> _linearBits;
    }

    public static bool IsPageAligned(ulong address) => (address & PageMask) == 0;
}
