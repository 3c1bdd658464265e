// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>
/// What CPUID says about the calling processor, read once and named. SDM 2A, CPUID; APM 3, appendix E.
/// </summary>
public sealed class ProcessorFeatures
{
    private const uint ExtendedBase = 0x8000_0000;
    private const int BrandLength = 48;

    private readonly CpuidResult _basic;
    private readonly CpuidResult _structured;
    private readonly CpuidResult _extended;
    private readonly CpuidResult _addressSizes;
    private readonly byte[] _brand = new byte[BrandLength];

    public ProcessorFeatures()
    {
        CpuidResult vendor = Instructions.Cpuid(0);
        HighestLeaf = vendor.Eax;
        HighestExtendedLeaf = Instructions.Cpuid(ExtendedBase).Eax;
        Vendor = VendorOf(vendor);
        _basic = Instructions.Cpuid(1);
        _structured = Read(7);
        _extended = Read(ExtendedBase + 1);
        _addressSizes = Read(ExtendedBase + 8);
        HasInvariantTimestamp = Bit(Read(ExtendedBase + 7).Edx, 8);
        ReadBrand();
    }

    public ProcessorVendor Vendor { get; }

    public uint HighestLeaf { get; }

    public uint HighestExtendedLeaf { get; }

    /// <summary>The name that the maker gave it: ASCII without padding.</summary>
    public ReadOnlySpan<byte> Brand
    {
        get
        {
            int start = 0;
            while (start < BrandLength && _brand[start] == ' ')
            {
                start++;
            }

            int end = start;
            while (end < BrandLength && _brand[end] != 0)
            {
                end++;
            }

            return new ReadOnlySpan<byte>(_brand, start, end - start);
        }
    }

    /// <summary>Family with its extension added, as the manuals count.</summary>
    public int Family
    {
        get
        {
            int family = (int)(_basic.Eax >> 8) & 0xf;
            return family == 0xf ? family + ((int)(_basic.Eax >> 20) & 0xff) : family;
        }
    }

    /// <summary>Model with its extension above.</summary>
    public int Model => ((int)(_basic.Eax >> 4) & 0xf) | ((int)(_basic.Eax >> 12) & 0xf0);

    public int Stepping => (int)_basic.Eax & 0xf;

    /// <summary>The APIC identifier that the processor had at reset, 8 bits.</summary>
    public byte InitialApicId => (byte)(_basic.Ebx >> 24);

    public bool HasVmx => Bit(_basic.Ecx, 5);

    public bool HasX2Apic => Bit(_basic.Ecx, 21);

    public bool HasTimestampDeadline => Bit(_basic.Ecx, 24);

    public bool HasXsave => Bit(_basic.Ecx, 26);

    public bool HasRandom => Bit(_basic.Ecx, 30);

    /// <summary>We run in a virtual machine of somebody else.</summary>
    public bool IsVirtual => Bit(_basic.Ecx, 31);

    public bool HasMachineCheck => Bit(_basic.Edx, 7) && Bit(_basic.Edx, 14);

    public bool HasGlobalPages => Bit(_basic.Edx, 13);

    public bool HasSupervisorExecutionPrevention => Bit(_structured.Ebx, 7);

    public bool HasSupervisorAccessPrevention => Bit(_structured.Ebx, 20);

    public bool HasUserInstructionPrevention => Bit(_structured.Ecx, 2);

    public bool HasSvm => Bit(_extended.Ecx, 2);

    public bool HasGigabytePages => Bit(_extended.Edx, 26);

    public bool HasTimestampProcessorId => Bit(_extended.Edx, 27);

    /// <summary>The timestamp counter runs at one rate in all power states.</summary>
    public bool HasInvariantTimestamp { get; }

    /// <summary>Bits of a physical address: 36 where the processor does not say.</summary>
    public int PhysicalAddressBits => (_addressSizes.Eax & 0xff) == 0 ? 36 : (int)(_addressSizes.Eax & 0xff);

    /// <summary>A leaf that the processor has, or zeros.</summary>
    public CpuidResult Read(uint leaf, uint subleaf = 0)
    {
        uint highest = leaf >= ExtendedBase ? HighestExtendedLeaf : HighestLeaf;
        return leaf <= highest ? Instructions.Cpuid(leaf, subleaf) : default;
    }

    private static bool Bit(uint value, int bit) => ((value >> bit) & 1) != 0;

    private static ProcessorVendor VendorOf(CpuidResult leaf) => (leaf.Ebx, leaf.Edx, leaf.Ecx) switch
    {
        (0x756e_6547, 0x4965_6e69, 0x6c65_746e) => ProcessorVendor.Intel,
        (0x6874_7541, 0x6974_6e65, 0x444d_4163) => ProcessorVendor.Amd,
        (0x6f67_7948, 0x6e65_476e, 0x656e_6975) => ProcessorVendor.Amd,
        _ => ProcessorVendor.Other,
    };

    private void ReadBrand()
    {
        for (int part = 0; part < 3; part++)
        {
            CpuidResult leaf = Read(ExtendedBase + 2 + (uint)part);
            Store(part * 16, leaf.Eax);
            Store((part * 16) + 4, leaf.Ebx);
            Store((part * 16) + 8, leaf.Ecx);
            Store((part * 16) + 12, leaf.Edx);
        }
    }

    private void Store(int at, uint value)
    {
        for (int index = 0; index < 4; index++)
        {
            _brand[at + index] = (byte)(value >> (8 * index));
        }
    }
}
