// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// One capability MSR of controls: bits that must be 1 in the low half, bits that may be 1 in the high half (SDM volume
/// 3, appendix A.2).
/// </summary>
public readonly struct ControlCapability
{
    private readonly ulong _value;

    public ControlCapability(ulong value)
    {
        _value = value;
    }

    private uint MustBeOne => (uint)_value;

    private uint MayBeOne => (uint)(_value >> 32);

    public bool Allows(uint controls) => (MayBeOne & controls) == controls;

    /// <summary>The processor enters a guest with exactly these controls.</summary>
    public bool Accepts(uint controls) => (controls & MustBeOne) == MustBeOne && Allows(controls);

    /// <summary>The first of the wanted controls that the processor has not, as one bit; 0 where it has all.</summary>
    public uint FindMissing(uint wanted)
    {
        uint missing = wanted & ~MayBeOne;
        return missing & unchecked(0 - missing);
    }

    /// <summary>
    /// The wanted controls, those of the optional ones that there are, and what the processor insists on.
    /// </summary>
    public uint Choose(uint required, uint optional) => MustBeOne | required | (optional & MayBeOne);
}
