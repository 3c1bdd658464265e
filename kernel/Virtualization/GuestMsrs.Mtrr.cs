// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The memory-type range registers: remembered, and without effect, because nested paging gives all of a guest's RAM
/// the type write-back (APM volume 2, 7.7; SDM volume 3, 12.11).
/// </summary>
public sealed partial class GuestMsrs
{
    private const int VariableCount = 16;
    private const int FixedCount = 11;
    private const ulong DefaultTypeMask = 0xCFF;

    private readonly ulong[] _variable = new ulong[VariableCount];
    private readonly ulong[] _fixed = new ulong[FixedCount];
    private ulong _defaultType;

    private void ResetMtrrs()
    {
        Array.Clear(_variable, 0, VariableCount);
        Array.Clear(_fixed, 0, FixedCount);
        _defaultType = 0;
    }

    private static bool IsMtrr(uint index) =>
        index is Msr.MtrrCapability or Msr.MtrrDefaultType || FixedIndex(index) >= 0 || IsVariable(index);

    private static bool IsVariable(uint index) => index - Msr.MtrrPhysicalBase0 < VariableCount;

    /// <summary>The place of a fixed-range register among the eleven, -1 where it is none.</summary>
    private static int FixedIndex(uint index) => index switch
    {
        Msr.MtrrFixed64K => 0,
        Msr.MtrrFixed16K0 => 1,
        Msr.MtrrFixed16K1 => 2,
        >= Msr.MtrrFixed4K0 and <= Msr.MtrrFixed4K7 => (int)(index - Msr.MtrrFixed4K0) + 3,
        _ => -1,
    };

    private bool TryReadMtrr(uint index, out ulong value)
    {
        if (index == Msr.MtrrCapability)
        {
            value = MtrrCapabilities;
        }
        else if (index == Msr.MtrrDefaultType)
        {
            value = _defaultType;
        }
        else if (IsVariable(index))
        {
            value = _variable[(int)(index - Msr.MtrrPhysicalBase0)];
        }
        else if (FixedIndex(index) is >= 0 and int place)
        {
            value = _fixed[place];
        }
        else
        {
            value = 0;
            return false;
        }

        return true;
    }

    private bool TryWriteMtrr(uint index, ulong value)
    {
        if (index == Msr.MtrrCapability)
        {
            return false;
        }

        if (index == Msr.MtrrDefaultType)
        {
            bool isValid = (value & ~DefaultTypeMask) == 0;
            _defaultType = isValid ? value : _defaultType;
            return isValid;
        }

        if (IsVariable(index))
        {
            _variable[(int)(index - Msr.MtrrPhysicalBase0)] = value;
            return true;
        }

        _fixed[FixedIndex(index)] = value;
        return true;
    }
}
