// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text;
using Hypervisor.Machine.GuestLoader;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Machine.GuestLoader;

/// <summary>Loading of kernels: the formats, what the kernels are told, and what damaged files get.</summary>
public sealed class GuestImageLoaderTests
{
    private const ulong MemorySize = 64UL << 20;

    private readonly GuestMemory _memory;
    private readonly MemoryMap _map;

    public GuestImageLoaderTests()
    {
        GuestRange[] ranges = MemoryMap.RangesOf(MemorySize);
        _memory = HostGuestMemory.Create(ranges);
        _map = MemoryMap.Build(ranges);
    }

    [Fact]
    public void Linux_starts_by_its_64_bit_entry()
    {
        byte[] initrd = new byte[0x3210];
        Array.Fill(initrd, (byte)7);
        LoadResult result = Load(SampleImages.Linux(), initrd, "console=ttyS0");
        Assert.Null(result.Error);
        Assert.Equal(ImageKind.Linux64, result.Kind);
        Assert.Equal(0x100_0200UL, result.State.Rip);
        Assert.Equal(0x9_0000UL, result.State.Rsi);
        Assert.Equal(0x500UL, result.State.Efer);
        Assert.Equal(0x8000_0011UL, result.State.Cr0);
        Assert.Equal(0x20UL, result.State.Cr4);
        Assert.True(result.State.Code.IsLong);
        Assert.Equal(0x10, result.State.Code.Selector);
        Assert.Equal(0x18, result.State.Data.Selector);
        Assert.Equal((byte)0x00, Byte(0x100_0000));
        Assert.Equal((byte)0x44, Byte(0x100_2344));

        // boot_params
        ulong p = result.State.Rsi;
        Assert.Equal(0xFF, Byte(p + 0x210));
        Assert.Equal(0x5372_6448u, Word(p + 0x202));
        Assert.Equal(0xE_0000UL, Long(p + 0x70));
        Assert.Equal("console=ttyS0", Text(Word(p + 0x228)));
        Assert.Equal(0x3210u, Word(p + 0x21C));
        Assert.Equal(MemorySize - 0x4000, Word(p + 0x218));
        Assert.Equal(7, Byte(MemorySize - 0x4000));
        Assert.Equal(0UL, Long(p + 0x250));
        Assert.Equal(_map.Entries.Length, Byte(p + 0x1E8));
        Assert.Equal(0UL, Long(p + 0x2D0));
        Assert.Equal(0x9_FC00UL, Long(p + 0x2D8));
        Assert.Equal(1u, Word(p + 0x2E0));
        Assert.Equal(0, Byte(p + 0x1EF));

        // The segments' descriptors are the ones that the selectors name.
        Assert.Equal(0x00AF_9B00_0000_FFFFUL, Long(result.State.GlobalTable.Base + 0x10));
        Assert.Equal(0x00CF_9300_0000_FFFFUL, Long(result.State.GlobalTable.Base + 0x18));
    }

    [Fact]
    public void Linux_finds_the_first_4_GiB_mapped_to_themselves()
    {
        LoadResult result = Load(SampleImages.Linux());
        ulong[] addresses = [0, 0x9_0123, 0x100_0200, 0x3FFF_FFFF, 0x4000_0000, 0xFEE0_0020, 0xFFFF_FFFF];
        foreach (ulong address in addresses)
        {
            Assert.Equal(address, Translate(result.State.Cr3, address));
        }
    }

    [Fact]
    public void Linux_without_a_64_bit_entry_starts_in_32_bit_mode()
    {
        LoadResult result = Load(SampleImages.Linux(entry64: false));
        Assert.Equal(ImageKind.Linux32, result.Kind);
        Assert.Equal(0x100_0000UL, result.State.Rip);
        Assert.Equal(0x11UL, result.State.Cr0);
        Assert.Equal(0UL, result.State.Efer);
        Assert.Equal(0x9_0000UL, result.State.Rsi);
        Assert.True(result.State.Code.IsDefault32);
        Assert.Equal(0x00CF_9B00_0000_FFFFUL, Long(result.State.GlobalTable.Base + 0x10));

        LoadResult old = Load(SampleImages.Linux(version: 0x206));
        Assert.Equal(ImageKind.Linux32, old.Kind);
        Assert.Equal(0x10_0000UL, old.State.Rip);
    }

    [Fact]
    public void Linux_moves_down_where_its_address_is_beyond_the_memory()
    {
        byte[] image = SampleImages.Linux();
        BitConverter.TryWriteBytes(image.AsSpan(0x258), 0x1000_0000UL);
        Assert.Equal(0x20_0200UL, Load(image).State.Rip);

        byte[] bound = SampleImages.Linux(relocatable: false);
        BitConverter.TryWriteBytes(bound.AsSpan(0x258), 0x1000_0000UL);
        Assert.Equal("the kernel needs 3M from address 0x10000000; give the guest more memory", Load(bound).Error);
    }

    [Theory]
    [InlineData(0x206, 5, "the kernel's boot protocol is older than 2.06")]
    [InlineData(0x211, 0, "the kernel is a zImage; only bzImages can be started")]
    [InlineData(0x216, 0, "the image starts in real mode only, which takes a BIOS")]
    [InlineData(0x230, 3, "the kernel's header is damaged: its alignment is not a power of two")]
    [InlineData(0x1F1, 200, "the file ends before the kernel begins")]
    [InlineData(0x239, 0, "the command line has 300 bytes; the kernel takes 255")]
    [InlineData(0x263, 9, "the kernel needs 147M from address 0x1000000; give the guest more memory")]
    public void Damaged_Linux_headers_give_a_sentence(int offset, byte value, string error)
    {
        byte[] image = SampleImages.Linux();
        image[offset] = value;
        Assert.Equal(error, Load(image, null, new string('x', 300)).Error);
    }

    [Fact]
    public void Initrd_that_does_not_fit_gives_a_sentence()
    {
        string? error = Load(SampleImages.Linux(), new byte[62 << 20]).Error;
        Assert.Equal(
            "the initial RAM disk (63488K) finds no room beside the kernel; give the guest more memory", error);
    }

    [Fact]
    public void Initrd_goes_below_a_kernel_that_lies_high()
    {
        byte[] image = SampleImages.Elf(true, true, 0x3F0_0000);
        LoadResult result = Load(image, new byte[0x20_0000]);
        Assert.Null(result.Error);
        Assert.Equal(0x3D0_0000UL, Long(Long(0x9_0000 + 0x10)));
        Assert.Equal("the PVH entry lies outside of the guest's memory", LoadAt(image, 0x1_0000_0000).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Pvh_kernels_start_with_start_info(bool is64)
    {
        LoadResult result = Load(SampleImages.Elf(is64, true), new byte[0x1001], "a b");
        Assert.Null(result.Error);
        Assert.Equal(ImageKind.Pvh, result.Kind);
        Assert.Equal(SampleImages.KernelEntry, result.State.Rip);
        Assert.Equal(0x11UL, result.State.Cr0);
        ulong info = result.State.Rbx;
        Assert.Equal(0x336E_C578u, Word(info));
        Assert.Equal(1u, Word(info + 4));
        Assert.Equal(1u, Word(info + 12));
        Assert.Equal(MemorySize - 0x2000, Long(Long(info + 16)));
        Assert.Equal(0x1001UL, Long(Long(info + 16) + 8));
        Assert.Equal("a b", Text(Long(info + 24)));
        Assert.Equal(0xE_0000UL, Long(info + 32));
        Assert.Equal((uint)_map.Entries.Length, Word(info + 48));
        Assert.Equal(0x9_FC00UL, Long(Long(info + 40) + 8));
        Assert.Equal(0x5A, Byte(SampleImages.KernelAddress));
        Assert.Equal(0, Byte(SampleImages.KernelAddress + 0x100));
    }

    [Fact]
    public void The_part_of_a_segment_that_the_file_lacks_is_zeroed()
    {
        Assert.True(_memory.TryFill(new GuestPhysical(SampleImages.KernelAddress), 0x1001, 0xEE));
        Assert.Null(Load(SampleImages.Elf(true, true)).Error);
        Assert.Equal(0, Byte(SampleImages.KernelAddress + 0x100));
        Assert.Equal(0, Byte(SampleImages.KernelAddress + 0xFFF));
        Assert.Equal(0xEE, Byte(SampleImages.KernelAddress + 0x1000));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Multiboot1_elf_kernels_start(bool is64)
    {
        byte[] image = SampleImages.WithMultiboot1(
            SampleImages.Elf(is64, false, virtualBase: 0x8000_0000), 0x1010, 3);
        LoadResult result = Load(image, new byte[0x800], "root=x", "mod.bin");
        Assert.Null(result.Error);
        Assert.Equal(ImageKind.Multiboot1, result.Kind);
        Assert.Equal(SampleImages.KernelEntry, result.State.Rip);
        Assert.Equal(0x2BAD_B002UL, result.State.Rax);
        ulong info = result.State.Rbx;
        Assert.Equal(0x24Du, Word(info));
        Assert.Equal(639u, Word(info + 4));
        Assert.Equal((uint)((MemorySize >> 10) - 1024), Word(info + 8));
        Assert.Equal("root=x", Text(Word(info + 16)));
        Assert.Equal(1u, Word(info + 20));
        Assert.Equal(MemorySize - 0x1000, Word(Word(info + 24)));
        Assert.Equal(MemorySize - 0x800, Word(Word(info + 24) + 4));
        Assert.Equal("mod.bin", Text(Word(Word(info + 24) + 8)));
        Assert.Equal((uint)(_map.Entries.Length * 24), Word(info + 44));
        Assert.Equal(20u, Word(Word(info + 48)));
        Assert.Equal("Hypervisor", Text(Word(info + 64)));
    }

    [Fact]
    public void Multiboot1_flat_kernels_start()
    {
        byte[] image = new byte[0x600];
        Array.Fill(image, (byte)9);
        uint[] addresses = [0x10_0020, 0x10_0000, 0x10_0500, 0x10_1000, 0x10_0040];
        image = SampleImages.WithMultiboot1(image, 0x20, 1 << 16, addresses);
        LoadResult result = Load(image);
        Assert.Null(result.Error);
        Assert.Equal(0x10_0040UL, result.State.Rip);
        Assert.Equal(9, Byte(0x10_04FF));
        Assert.Equal(0, Byte(0x10_0500));
    }

    [Theory]
    [InlineData(0x10_0020u, 0x10_0021u, 0u, 0u, "the addresses in the multiboot header contradict each other")]
    [InlineData(0x10_0041u, 0x10_0000u, 0u, 0u, "the addresses in the multiboot header contradict each other")]
    [InlineData(0x10_0020u, 0x10_0000u, 0xF_FFFFu, 0u, "the addresses in the multiboot header contradict each other")]
    [InlineData(0x10_0020u, 0x10_0000u, 0x10_0601u, 0u, "the file ends before the kernel does")]
    [InlineData(0xFFFF_0020u, 0xFFFF_0000u, 0u, 0u,
        "the kernel (0x600 bytes at 0xffff0000) lies outside of the guest's memory")]
    [InlineData(0x9_0020u, 0x9_0000u, 0u, 0u, "the kernel (0x600 bytes at 0x90000) overlaps something else")]
    [InlineData(0x10_0020u, 0x10_0000u, 0u, 0xFFFF_FFFFu,
        "the kernel (0xffefffff bytes at 0x100000) lies outside of the guest's memory")]
    public void Damaged_multiboot1_addresses_give_a_sentence(uint header, uint load, uint end, uint zero, string error)
    {
        byte[] image = SampleImages.WithMultiboot1(new byte[0x600], 0x20, 1 << 16, header, load, end, zero, load);
        Assert.Equal(error, Load(image).Error);
    }

    [Fact]
    public void Multiboot2_elf_kernels_start()
    {
        byte[] image = SampleImages.WithMultiboot2(
            SampleImages.Elf(false, false), 0x1010, (1, 0, [6, 15]), (6, 0, []), (10, 0, [0, 0, 0, 0]));
        LoadResult result = Load(image, new byte[0x800], "cmd", "mod");
        Assert.Null(result.Error);
        Assert.Equal(ImageKind.Multiboot2, result.Kind);
        Assert.Equal(SampleImages.KernelEntry, result.State.Rip);
        Assert.Equal(0x36D7_6289UL, result.State.Rax);
        ulong info = result.State.Rbx;
        Assert.Equal("cmd", Text(FindTag(info, 1) + 8));
        Assert.Equal("Hypervisor", Text(FindTag(info, 2) + 8));
        Assert.Equal(MemorySize - 0x1000, Word(FindTag(info, 3) + 8));
        Assert.Equal("mod", Text(FindTag(info, 3) + 16));
        Assert.Equal(639u, Word(FindTag(info, 4) + 8));
        Assert.Equal(24u, Word(FindTag(info, 6) + 8));
        Assert.Equal(44u, Word(FindTag(info, 15) + 4));
        Assert.Equal(SampleImages.KernelAddress, Word(FindTag(info, 21) + 8));
        Assert.Equal(0UL, FindTag(info, 9));
    }

    [Fact]
    public void Multiboot2_flat_kernels_start_by_the_entry_tag()
    {
        byte[] image = SampleImages.WithMultiboot2(
            new byte[0x600], 0x40, (2, 0, [0x10_0040, 0x10_0000, 0, 0]), (3, 0, [0x10_0100]));
        LoadResult result = Load(image);
        Assert.Null(result.Error);
        Assert.Equal(0x10_0100UL, result.State.Rip);
    }

    [Theory]
    [InlineData(7, 0, "the multiboot header wants something that is not known here")]
    [InlineData(99, 0, "the multiboot header wants something that is not known here")]
    [InlineData(99, 1, null)]
    public void Multiboot2_tags_that_are_not_known_are_refused_unless_optional(ushort type, ushort flags, string? error)
    {
        byte[] image = SampleImages.WithMultiboot2(SampleImages.Elf(true, false), 0x1010, (type, flags, []));
        Assert.Equal(error, Load(image).Error);
    }

    [Fact]
    public void Multiboot2_information_of_efi_is_refused()
    {
        byte[] image = SampleImages.WithMultiboot2(SampleImages.Elf(true, false), 0x1010, (1, 0, [6, 12]));
        Assert.Equal("the multiboot header insists on information of kind 12, which there is not", Load(image).Error);
    }

    [Fact]
    public void Other_files_give_a_sentence()
    {
        const string NoKernel = "not a kernel that can be started; known are Linux bzImage, ELF with a PVH entry note, "
            + "multiboot 1 and 2";
        Assert.Equal(NoKernel, Load([]).Error);
        Assert.Equal(NoKernel, Load(new byte[100_000]).Error);
        Assert.Equal(
            "an ELF file without a PVH entry note and without a multiboot header: nothing says how to start it",
            Load(SampleImages.Elf(true, false)).Error);
        byte[] arm = SampleImages.Elf(true, false);
        arm[18] = 183;
        Assert.Equal("an ELF file, but not for this kind of processor", Load(arm).Error);
    }

    [Theory]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0 })]
    [InlineData(new byte[] { 0xFD, 0x37, 0x7A, 0x58, 0x5A, 0 })]
    [InlineData(new byte[] { 0x28, 0xB5, 0x2F, 0xFD })]
    public void Compressed_files_give_a_sentence(byte[] start) =>
        Assert.Equal("a compressed file; unpack it first", Load([.. start, .. new byte[100]]).Error);

    [Fact]
    public void A_kernel_of_several_kinds_starts_by_the_best_that_it_can()
    {
        const uint Usual = 3;
        const uint Unknown = 0x100;
        Assert.Equal(ImageKind.Pvh, KindOf(SampleImages.Elf(true, true)));
        Assert.Equal(ImageKind.Multiboot1, KindOf(WithFirst(Usual)));
        Assert.Equal(ImageKind.Multiboot2, KindOf(SampleImages.WithMultiboot2(WithFirst(Usual), 0x1040)));
        Assert.Equal(ImageKind.Multiboot1, KindOf(SampleImages.WithMultiboot2(WithFirst(Usual), 0x1040, (99, 0, []))));
        Assert.Equal(ImageKind.Pvh, KindOf(WithFirst(Unknown)));
        Assert.Equal(ImageKind.Pvh, KindOf(SampleImages.WithMultiboot2(WithFirst(Unknown), 0x1040, (99, 0, []))));

        ImageKind KindOf(byte[] image) => Load(image).Kind;
        static byte[] WithFirst(uint flags) => SampleImages.WithMultiboot1(SampleImages.Elf(true, true), 0x1010, flags);
    }

    [Theory]
    [InlineData(72, ulong.MaxValue, "the file ends before segment 0 does")]
    [InlineData(88, ulong.MaxValue - 0xFFF, "lies outside")]
    [InlineData(88, 0x9_0000UL, "overlaps")]
    [InlineData(96, ulong.MaxValue, "holds less")]
    [InlineData(104, ulong.MaxValue, "lies outside")]
    [InlineData(32, ulong.MaxValue - 3, "table of segments")]
    [InlineData(54, 0xFFFF_FFFFUL, "table of segments")]
    public void Damaged_elf_headers_give_a_sentence(int offset, ulong value, string error)
    {
        byte[] image = SampleImages.Elf(true, true);
        _ = BitConverter.TryWriteBytes(image.AsSpan(offset), value);
        Assert.Contains(error, Load(image).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_images_never_fault()
    {
        byte[][] images =
        [
            SampleImages.Linux(),
            SampleImages.Elf(true, true),
            SampleImages.Elf(false, true),
            SampleImages.WithMultiboot1(SampleImages.Elf(false, false), 0x1010, 3),
            SampleImages.WithMultiboot1(new byte[0x600], 0x20, 1 << 16, 0x10_0020, 0x10_0000, 0, 0, 0x10_0000),
            SampleImages.WithMultiboot2(SampleImages.Elf(true, false), 0x1010, (1, 0, [6]), (3, 0, [0x20_0000])),
            SampleImages.WithMultiboot2(new byte[0x600], 64, (2, 0, [0x10_0040, 0x10_0000, 0, 0]), (3, 0, [0x10_0010])),
        ];
        int[] headers = [0x290, 0xC0, 0xC0, 0x1040, 0x50, 0x1050, 0x90];
        ulong[] edges = [0, 1, 0x7F, 0xFF, 0x8000_0000, 0xFFFF_FFFF, ulong.MaxValue, 1UL << 63, 0x1_0000, 0x9_0000];
        var random = new Random(11);
        for (int round = 0; round < 6000; round++)
        {
            int which = round % images.Length;
            byte[] image = (byte[])images[which].Clone();
            for (int n = random.Next(1, 5); n > 0; n--)
            {
                int at = random.Next(headers[which]);
                if (random.Next(2) == 0)
                {
                    image[at] = (byte)random.Next(256);
                }
                else
                {
                    byte[] edge = BitConverter.GetBytes(edges[random.Next(edges.Length)]);
                    edge.AsSpan(0, random.Next(1, 9)).CopyTo(image.AsSpan(at));
                }
            }

            if (random.Next(8) == 0)
            {
                Array.Resize(ref image, random.Next(image.Length));
            }

            LoadResult result = Load(image, random.Next(2) == 0 ? new byte[100] : null);
            Assert.True(result.Error != null || _map.IsRam(result.State.Rip, 1));
        }
    }

    [KernelFact("cloud")]
    public void The_distributions_kernel_is_loaded()
    {
        byte[] image = File.ReadAllBytes(KernelFactAttribute.PathOf("cloud"));
        GuestRange[] ranges = MemoryMap.RangesOf(256UL << 20);
        GuestMemory memory = HostGuestMemory.Create(ranges);
        var request = new BootRequest(new ArraySource(image), memory, MemoryMap.Build(ranges))
        {
            CommandLine = "console=ttyS0",
            Initrd = new ArraySource(new byte[10_000_000]),
        };
        LoadResult result = GuestImageLoader.Load(request);
        Assert.Null(result.Error);
        Assert.Equal(ImageKind.Linux64, result.Kind);
        Assert.Equal(0x100_0200UL, result.State.Rip);
        int start = (image[0x1F1] + 1) * 512;
        byte[] loaded = new byte[image.Length - start];
        Assert.True(memory.TryCopyIn(new GuestPhysical(0x100_0000), loaded));
        Assert.True(image.AsSpan(start).SequenceEqual(loaded));
    }

    private LoadResult Load(byte[] kernel, byte[]? initrd = null, string commandLine = "", string name = "")
    {
        var request = new BootRequest(new ArraySource(kernel), _memory, _map)
        {
            Initrd = initrd == null ? null : new ArraySource(initrd),
            InitrdName = name,
            CommandLine = commandLine,
            Rsdp = new GuestPhysical(0xE_0000),
        };
        return GuestImageLoader.Load(request);
    }

    /// <summary>Loads a PVH kernel with another entry.</summary>
    private LoadResult LoadAt(byte[] kernel, ulong entry)
    {
        byte[] changed = (byte[])kernel.Clone();
        _ = BitConverter.TryWriteBytes(changed.AsSpan(0x2018 + 16), entry);
        return Load(changed);
    }

    private ulong FindTag(ulong info, uint type)
    {
        ulong end = info + Word(info);
        for (ulong tag = info + 8; tag < end; tag += (Word(tag + 4) + 7) & ~7u)
        {
            Assert.Equal(0UL, tag & 7);
            if (Word(tag) == type)
            {
                return tag;
            }
        }

        return 0;
    }

    private ulong Translate(ulong root, ulong address)
    {
        ulong table = root;
        for (int shift = 39; shift > 21; shift -= 9)
        {
            ulong entry = Long(table + (((address >> shift) & 511) * 8));
            Assert.Equal(3UL, entry & 0xFFF);
            table = entry & ~0xFFFUL;
        }

        ulong page = Long(table + (((address >> 21) & 511) * 8));
        Assert.Equal(0x83UL, page & 0xFFF);
        return (page & ~0xFFFUL) + (address & 0x1F_FFFF);
    }

    private byte Byte(ulong address)
    {
        Assert.True(_memory.TryRead(new GuestPhysical(address), out byte value));
        return value;
    }

    private uint Word(ulong address)
    {
        Assert.True(_memory.TryRead(new GuestPhysical(address), out uint value));
        return value;
    }

    private ulong Long(ulong address)
    {
        Assert.True(_memory.TryRead(new GuestPhysical(address), out ulong value));
        return value;
    }

    private string Text(ulong address)
    {
        var text = new StringBuilder();
        for (byte b = Byte(address); b != 0; b = Byte(++address))
        {
            _ = text.Append((char)b);
        }

        return text.ToString();
    }
}
