// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Machine.GuestTables;

/// <summary>The guest's map of memory around its holes.</summary>
public sealed class MemoryMapTests
{
    [Theory]
    [InlineData(2UL << 20)]
    [InlineData(256UL << 20)]
    [InlineData(3UL << 30)]
    [InlineData((3UL << 30) + (2UL << 20))]
    [InlineData(64UL << 30)]
    public void The_map_is_sorted_and_gives_all_RAM_but_the_legacy_hole(ulong bytes)
    {
        GuestRange[] ranges = MemoryMap.RangesOf(bytes);
        MemoryMap map = MemoryMap.Build(ranges);
        ulong ram = 0;
        ulong end = 0;
        foreach (MemoryMapEntry entry in map.Entries)
        {
            Assert.True(entry.Start.Value >= end);
            Assert.NotEqual(0UL, entry.Length);
            end = entry.End;
            if (entry.Kind == MemoryKind.Ram)
            {
                ram += entry.Length;
                Assert.False(entry.Start.Value < PcLayout.HighMemoryBase && entry.End > PcLayout.LowMemoryLimit);
            }
        }

        Assert.Equal(bytes - (0x10_0000 - PcLayout.ConventionalMemoryEnd), ram);
        Assert.True(map.IsRam(0, PcLayout.ConventionalMemoryEnd));
        Assert.False(map.IsRam(0, PcLayout.ConventionalMemoryEnd + 1));
        Assert.False(map.IsRam(PcLayout.BiosAreaBase, 1));
        Assert.False(map.IsRam(ulong.MaxValue, ulong.MaxValue));
        Assert.True(map.IsRam(map.LowRamEnd - 1, 1));
        Assert.False(map.IsRam(map.LowRamEnd, 1));
        Assert.False(map.IsRam(PcLayout.EcamBase, 1));
    }

    [Fact]
    public void What_does_not_fit_below_the_devices_goes_on_at_4_GiB()
    {
        MemoryMap map = MemoryMap.Build(MemoryMap.RangesOf(5UL << 30));
        Assert.Equal(PcLayout.LowMemoryLimit, map.LowRamEnd);
        MemoryMapEntry last = map.Entries[^1];
        Assert.Equal(PcLayout.HighMemoryBase, last.Start.Value);
        Assert.Equal(2UL << 30, last.Length);
    }
}
