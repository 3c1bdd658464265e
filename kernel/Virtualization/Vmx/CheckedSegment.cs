// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>A segment register of the guest as a VMCS holds it.</summary>
internal readonly struct CheckedSegment
{
    private const uint RegisterStride = 2;
    private const uint TableBit = 4;
    private const uint LevelMask = 3;
    private const uint PageLimit = 0xFFF;
    private const uint MostBytes = 0xFFFFF;

    public readonly ushort Selector;
    public readonly ulong Base;
    public readonly uint Limit;
    public readonly VmxRights Rights;

    /// <summary>The fields follow each other in the order of the registers' numbers.</summary>
    public CheckedSegment(Vmcs vmcs, SegmentRegister register)
    {
        uint offset = (uint)register * RegisterStride;
        Selector = vmcs.Read(VmcsField16.GuestEsSelector + offset);
        Base = vmcs.Read(VmcsFieldNatural.GuestEsBase + offset);
        Limit = vmcs.Read(VmcsField32.GuestEsLimit + offset);
        Rights = new VmxRights(vmcs.Read(VmcsField32.GuestEsRights + offset));
    }

    public bool IsUsable => !Rights.IsUnusable;

    /// <summary>TI: the selector names a descriptor of the local table.</summary>
    public bool IsLocal => (Selector & TableBit) != 0;

    /// <summary>RPL.</summary>
    public uint RequestedLevel => Selector & LevelMask;

    public bool HasHighBase => Base > uint.MaxValue;

    /// <summary>G agrees with the limit: one in bytes has 20 bits, one in pages ends with a page.</summary>
    public bool HasValidGranularity =>
        ((Limit & PageLimit) == PageLimit || !Rights.IsGranular) && (Limit <= MostBytes || Rights.IsGranular);
}
