// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// Puts a kernel and what belongs to it into a guest's memory. The format is told from the file: Linux bzImage, PVH
/// ELF, multiboot 2, multiboot 1. The files come from a user: any content gives a sentence at worst, never a fault.
/// </summary>
public static class GuestImageLoader
{
    private const string NoKernel =
        "not a kernel that can be started; known are Linux bzImage, ELF with a PVH entry note, multiboot 1 and 2";

    private const string PlainElf =
        "an ELF file without a PVH entry note and without a multiboot header: nothing says how to start it";

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

            if (elf.HasPvhEntry)
            {
                return new PvhLoader(session, elf).Load();
            }
        }

        if (Multiboot2Header.Find(request.Kernel) is { } second)
        {
            return new Multiboot2Loader(session, elf, second).Load();
        }

        if (Multiboot1Header.Find(request.Kernel) is { } first)
        {
            return new Multiboot1Loader(session, elf, first).Load();
        }

        return new LoadResult(elf != null ? PlainElf : NoKernel);
    }
}
