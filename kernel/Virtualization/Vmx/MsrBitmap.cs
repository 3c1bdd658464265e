// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// The MSRs that leave the guest (SDM volume 3, 25.6.9). All vCPUs share the map: every MSR leaves but those that
/// entries and exits switch, and those that stay in the processor as a vCPU's live state.
/// </summary>
internal sealed class MsrBitmap
{
    private const int BitsPerWord = 64;
    private const int WordsPerPart = 128;
    private const uint HighRange = 0xC000_0000;
    private const uint PartMask = 0x1FFF;
    private const int WritePart = 2;

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

    /// <summary>Four parts of 8192 bits: reads of 0h and of C000_0000h, then writes.</summary>
    private void Allow(uint msr)
    {
        int part = msr >= HighRange ? 1 : 0;
        int bit = (int)(msr & PartMask);
        Clear(part, bit);
        Clear(part + WritePart, bit);
    }

    private void Clear(int part, int bit) =>
        _page[(part * WordsPerPart) + (bit / BitsPerWord)] &= ~(1UL << (bit % BitsPerWord));
}
