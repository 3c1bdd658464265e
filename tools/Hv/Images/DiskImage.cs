// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Hypervisor.Tool.Images;

/// <summary>
/// A disk image for a stick: a GPT with GRUB for BIOS in a partition of its own and one FAT partition that every
/// computer can edit, with GRUB for UEFI where firmware looks for it on removable media.
/// </summary>
internal static class DiskImage
{
    private const int SectorSize = GuidPartitionTable.SectorSize;
    private const long CoreSector = 34;
    private const long DataSector = 2048;
    private const long MiB = 1 << 20;

    /// <summary>Room left on the FAT partition for what the user adds later.</summary>
    private const long SpareBytes = 64 * MiB;

    private static readonly Guid s_biosBoot = new("21686148-6449-6e6f-744e-656564454649");

    /// <summary>
    /// "Basic data" and not "EFI system": Windows and macOS show only the former to their users, and firmware boots
    /// /EFI/BOOT from either on a removable medium.
    /// </summary>
    private static readonly Guid s_basicData = new("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7");

    /// <summary>
    /// Makes the disk image of the tree in <paramref name="folder"/>; the file appears only when it is whole.
    /// </summary>
    public static void Write(string folder, string output, string scratch)
    {
        AddEfiLoader(folder, scratch);
        string core = MakeCore(GrubModules.BiosPlatform, "(,gpt2)/boot/grub", Path.Combine(scratch, "core.img"));

        string unfinished = output + ".part";
        try
        {
            using (FileStream image = File.Create(unfinished))
            {
                long sectors = DataSector + FatSectors(folder) + GuidPartitionTable.BackupSectors;
                image.SetLength(sectors * SectorSize);
                GuidPartitionTable.Write(image, sectors,
                [
                    new DiskPartition(s_biosBoot, CoreSector, DataSector - 1, "BIOS boot"),
                    new DiskPartition(s_basicData, DataSector, sectors - GuidPartitionTable.BackupSectors - 1,
                        "Hypervisor"),
                ]);
                InstallBiosLoader(image, File.ReadAllBytes(core));
            }

            FillFat(folder, unfinished);
            File.Move(unfinished, output, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static void AddEfiLoader(string folder, string scratch)
    {
        string target = Directory.CreateDirectory(Path.Combine(folder, "EFI", "BOOT")).FullName;
        string core = MakeCore(GrubModules.EfiPlatform, "/boot/grub", Path.Combine(scratch, "core.efi"));
        File.Move(core, Path.Combine(target, "BOOTX64.EFI"));
    }

    private static string MakeCore(string platform, string prefix, string output)
    {
        string[] modules = [.. GrubModules.Menu, .. GrubModules.Disk, .. GrubModules.Firmware(platform)];
        ExternalTool.Run("grub-mkimage", ["-O", platform, "-o", output, "-p", prefix, .. modules]);
        return output;
    }

    /// <summary>
    /// What grub-bios-setup does: boot.img in front, told where the core lies; the core told where it goes on.
    /// </summary>
    private static void InstallBiosLoader(FileStream image, byte[] core)
    {
        const int kernelSectorField = 0x5c;
        const int driveCheckField = 0x66;
        const int bootCodeSize = 0x1b8;
        const int blockListField = SectorSize - 12;

        long coreSectors = (core.Length + SectorSize - 1) / SectorSize;
        if (coreSectors > DataSector - CoreSector)
        {
            throw new ToolException("GRUB's core is too large for its partition.");
        }

        byte[] boot = File.ReadAllBytes(Path.Combine(GrubModules.Folder(GrubModules.BiosPlatform), "boot.img"));
        BinaryPrimitives.WriteInt64LittleEndian(boot.AsSpan(kernelSectorField), CoreSector);
        boot[driveCheckField] = 0x90; // Two NOPs: trust no BIOS that hands over a floppy's number for a disk.
        boot[driveCheckField + 1] = 0x90;
        image.Position = 0;
        image.Write(boot.AsSpan(0, bootCodeSize));

        BinaryPrimitives.WriteInt64LittleEndian(core.AsSpan(blockListField), CoreSector + 1);
        BinaryPrimitives.WriteUInt16LittleEndian(core.AsSpan(blockListField + 8), (ushort)(coreSectors - 1));
        image.Position = CoreSector * SectorSize;
        image.Write(core);
    }

    private static long FatSectors(string folder)
    {
        long content = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories)
            .Sum(static file => (file.Length + 32767) / 32768 * 32768);
        long size = (content + (content / 16) + SpareBytes + MiB - 1) / MiB * MiB;
        return size / SectorSize;
    }

    private static void FillFat(string folder, string image)
    {
        string partition = FormattableString.Invariant($"{image}@@{DataSector * SectorSize}");
        long sectors = (new FileInfo(image).Length / SectorSize) - DataSector - GuidPartitionTable.BackupSectors;
        ExternalTool.Run("mformat",
            ["-i", partition, "-T", FormattableString.Invariant($"{sectors}"), "-h", "255", "-s", "63",
                "-H", FormattableString.Invariant($"{DataSector}"), "-v", "HYPERVISOR", "-N", "48560001", "::"]);
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal);
        ExternalTool.Run("mcopy", ["-i", partition, "-s", "-Q", .. entries, "::/"]);
    }
}
