// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// Puts a kernel and what belongs to it into a guest's memory. The format is told from the file: Linux bzImage,
/// multiboot 2, multiboot 1, PVH ELF. Multiboot comes before PVH: kernels that have both (Xen, NetBSD) mean by the
/// latter that they run on Xen. The files come from a user: any content gives a sentence at worst, never a fault.
/// </summary>
public static class GuestImageLoader
{
    private const string NoKernel =
        "not a kernel that can be started; known are Linux bzImage, ELF with a PVH entry note, multiboot 1 and 2";

    private const string PlainElf =
        "an ELF file without a PVH entry note and without a multiboot header: nothing says how to start it";

    private const string Compressed = "a compressed file; unpack it first";

    private const ushort GzipMagic = 0x8B1F;
    private const uint XzMagic = 0x587A_37FD;
    private const uint ZstandardMagic = 0xFD2F_B528;

    /// <summary>Loads; the guest's memory is only of use where <see cref="LoadResult.Error"/> is null.</summary>
    public static LoadResult Load(BootRequest request)
    {
        var session = new LoadSession(request);
        if (!session.TryBegin())
        {
            return new LoadResult(session.Error);
        }

        if (LinuxHeader.IsLinux(request.Kernel))
        {
            return new LinuxLoader(session).Load();
        }

        ElfImage? elf = null;
        if (ElfImage.IsElf(request.Kernel))
        {
            elf = ElfImage.Parse(session);
            if (elf == null)
            {
                return new LoadResult(session.Error);
            }
        }

        return LoadFreestanding(session, elf);
    }

    /// <summary>A kernel with a header that says how it starts; one that it has to be refused by goes last.</summary>
    private static LoadResult LoadFreestanding(LoadSession session, ElfImage? elf)
    {
        Multiboot2Header? second = Multiboot2Header.Find(session.Request.Kernel);
        Multiboot1Header? first = Multiboot1Header.Find(session.Request.Kernel);
        MultibootLoader? loader = second is { Refusal: null } ? new Multiboot2Loader(session, elf, second)
            : first is { Refusal: null } ? new Multiboot1Loader(session, elf, first)
            : elf is { HasPvhEntry: true } ? null
            : second != null ? new Multiboot2Loader(session, elf, second)
            : first != null ? new Multiboot1Loader(session, elf, first)
            : null;
        if (loader != null)
        {
            return loader.Load();
        }

        if (elf != null)
        {
            return elf.HasPvhEntry ? new PvhLoader(session, elf).Load() : new LoadResult(PlainElf);
        }

        return new LoadResult(IsCompressed(session.Request.Kernel) ? Compressed : NoKernel);
    }

    private static bool IsCompressed(ImageSource kernel)
    {
        byte[] magic = new byte[4];
        return ImageReader.TryRead(kernel, 0, magic)
            && (LittleEndian.Read16(magic, 0) == GzipMagic
                || LittleEndian.Read32(magic, 0) is XzMagic or ZstandardMagic);
    }
}
