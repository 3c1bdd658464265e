// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// Which parts of XSAVE the machine has and guests may use; the same for all VMs, found once at boot.
/// </summary>
public sealed class ExtendedStateModel
{
    public const ulong X87 = 1 << 0;
    public const ulong Sse = 1 << 1;
    public const ulong Avx = 1 << 2;
    public const ulong Avx512 = 7 << 5;
    public const ulong ProtectionKeys = 1 << 9;

    private const uint Leaf = 0xD;
    private const uint LegacyAndHeader = 576;
    private const int FirstExtended = 2;
    private const int ComponentCount = 10;
    private const uint AlignedBit = 2;
    private const uint XsaveBit = 1 << 26;
    private const ulong Offered = X87 | Sse | Avx | Avx512 | ProtectionKeys;

    private readonly CpuidResult[] _components = new CpuidResult[ComponentCount];

    /// <summary>Reads CPUID of the processor that runs this; all processors of a machine are taken to agree.</summary>
    public ExtendedStateModel()
    {
        if ((Instructions.Cpuid(1).Ecx & XsaveBit) == 0)
        {
            return;
        }

        CpuidResult main = Instructions.Cpuid(Leaf);
        ulong supported = main.Eax | ((ulong)main.Edx << 32);
        Allowed = supported & Offered;
        if ((Allowed & Avx512) != Avx512)
        {
            Allowed &= ~Avx512;
        }

        for (int index = FirstExtended; index < ComponentCount; index++)
        {
            _components[index] = Instructions.Cpuid(Leaf, (uint)index);
        }

        IsPresent = (Allowed & (X87 | Sse)) == (X87 | Sse);
        Size = StandardSize(Allowed);
    }

    /// <summary>False where the processor has no XSAVE: no guest runs there.</summary>
    public bool IsPresent { get; }

    /// <summary>The components that a guest may enable in XCR0.</summary>
    public ulong Allowed { get; }

    /// <summary>Bytes of the standard format with all allowed components.</summary>
    public uint Size { get; }

    /// <summary>Bytes of the standard format: what CPUID.0DH reports for an XCR0.</summary>
    public uint StandardSize(ulong components)
    {
        uint end = LegacyAndHeader;
        for (int index = FirstExtended; index < ComponentCount; index++)
        {
            uint partEnd = _components[index].Eax + _components[index].Ebx;
            if (((components >> index) & 1) != 0 && partEnd > end)
            {
                end = partEnd;
            }
        }

        return end;
    }

    /// <summary>Bytes of the compacted format (XSAVEC).</summary>
    public uint CompactedSize(ulong components)
    {
        uint end = LegacyAndHeader;
        for (int index = FirstExtended; index < ComponentCount; index++)
        {
            if (((components >> index) & 1) == 0)
            {
                continue;
            }

            bool isAligned = (_components[index].Ecx & AlignedBit) != 0;
            end = (isAligned ? (end + 63) & ~63u : end) + _components[index].Eax;
        }

        return end;
    }

    /// <summary>True where XSETBV of XCR0 takes this value (APM volume 2, 11.5.2).</summary>
    public bool IsValid(ulong components)
    {
        ulong vectors = components & Avx512;
        return (components & X87) != 0
            && (components & ~Allowed) == 0
            && ((components & Avx) == 0 || (components & Sse) != 0)
            && (vectors == 0 || (vectors == Avx512 && (components & Avx) != 0));
    }
}
