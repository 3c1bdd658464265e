// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The MSRs that leave the guest (SDM volume 3, 25.6.9). All vCPUs share the maps: every MSR leaves but those that
/// entries and exits switch, and those that stay in the processor as a vCPU's live state. A second map is for x2APIC
/// mode that the processor serves.
/// </summary>
internal sealed class MsrBitmap
{
    private const int BitsPerWord = 64;
    private const int WordsPerPart = 128;
    private const uint HighRange = 0xC000_0000;
    private const uint PartMask = 0x1FFF;
    private const int WritePart = 2;

    // By register number, the MSR less 800h.
    private const ulong ReadsOfX2Apic = 0x41FC_01FF_FFFF_A50C;
    private const ulong WritesOfX2Apic = 0x8000_0000_0000_0900;

    private readonly TablePage _page;

    private MsrBitmap(TablePage page)
    {
        _page = page;
    }

    public HostPhysical Address => _page.Address;

    /// <summary>Null where no frame is left.</summary>
    public static MsrBitmap? TryCreate(FrameAllocator frames)
    {
        if (!frames.TryAllocateFrame(FrameKind.Kernel, FrameAllocator.Host, out HostPhysical frame))
        {
            return null;
        }

        var map = new MsrBitmap(new TablePage(frame));
        for (int index = 0; index < TablePage.EntryCount; index++)
        {
            map._page[index] = ulong.MaxValue;
        }

        foreach (uint msr in SwitchedMsrs.All)
        {
            map.Allow(msr);
        }

        return map;
    }

    /// <summary>
    /// The same, but the registers of an x2APIC that are just read, and TPR, EOI and SELF IPI, do not leave (SDM volume
    /// 3, 30.5). The timer's count and the command register, whose halves lie apart in the page, do.
    /// </summary>
    public static MsrBitmap? TryCreateForX2Apic(FrameAllocator frames)
    {
        MsrBitmap? map = TryCreate(frames);
        if (map != null)
        {
            for (int register = 0; register < BitsPerWord; register++)
            {
                map.AllowApic(register, ReadsOfX2Apic, 0);
                map.AllowApic(register, WritesOfX2Apic, WritePart);
            }
        }

        return map;
    }

    /// <summary>Four parts of 8192 bits: reads of 0h and of C000_0000h, then writes.</summary>
    private void Allow(uint msr)
    {
        int part = msr >= HighRange ? 1 : 0;
        int bit = (int)(msr & PartMask);
        Clear(part, bit);
        Clear(part + WritePart, bit);
    }

    private void AllowApic(int register, ulong allowed, int part)
    {
        if ((allowed >> register & 1) != 0)
        {
            Clear(part, (int)Msr.X2ApicFirst + register);
        }
    }

    private void Clear(int part, int bit) =>
        _page[(part * WordsPerPart) + (bit / BitsPerWord)] &= ~(1UL << (bit % BitsPerWord));
}
