// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Hypervisor.Tool.Images;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>What is on the images.</summary>
public sealed class ImageTests
{
    [Fact]
    public void Iso_HoldsConfigGuestsAndLoadersOfBothFirmwares()
    {
        using var scratch = new Scratch();
        string image = Make(scratch, "x.iso");

        string files = ExternalTool.Run("xorriso", ["-indev", image, "-find"]);
        Assert.Contains("'./hypervisor.toml'", files);
        Assert.Contains("'./guests/vmlinuz'", files);
        Assert.Contains("'./guests/initrd.img'", files);
        Assert.Contains("'./boot/hypervisor.elf'", files);
        Assert.Contains("'./boot/grub/grub.cfg'", files);
        Assert.Contains("eltorito.img", files);
        Assert.Contains("'./efi.img'", files);
    }

    [Fact]
    public void Iso_IsTheSameEachTime()
    {
        using var scratch = new Scratch();

        Assert.Equal(Extract(scratch, Make(scratch, "a.iso")), Extract(scratch, Make(scratch, "b.iso")));
    }

    [Fact]
    public void Disk_HoldsAFatPartitionThatAnybodyEdits()
    {
        using var scratch = new Scratch();
        string image = Make(scratch, "x.img", "--disk");
        string partition = image + "@@1M";

        string files = ExternalTool.Run("mdir", ["-b", "-s", "-i", partition, "::/"]);
        Assert.Contains("::/hypervisor.toml", files);
        Assert.Contains("::/guests/vmlinuz", files);
        Assert.Contains("::/EFI/BOOT/BOOTX64.EFI", files);
        Assert.Contains("::/boot/grub/grub.cfg", files);
        Assert.Equal(Scratch.GoodConfig, ExternalTool.Run("mtype", ["-i", partition, "::/hypervisor.toml"]));

        ExternalTool.Run("mcopy", ["-i", partition, "-o", scratch.Path("initrd.img"), "::/guests/another.img"]);
        Assert.Contains("another.img", ExternalTool.Run("mdir", ["-b", "-s", "-i", partition, "::/guests"]));
    }

    [Fact]
    public void Disk_StartsThroughBios()
    {
        using var scratch = new Scratch();
        byte[] image = File.ReadAllBytes(Make(scratch, "x.img", "--disk"));

        Assert.Equal(0xaa55, BitConverter.ToUInt16(image, 510));
        Assert.Equal(0xee, image[0x1be + 4]);
        Assert.Equal(34, BitConverter.ToInt64(image, 0x5c));
        Assert.Equal(35, BitConverter.ToInt64(image, (34 * 512) + 512 - 12));
    }

    [Fact]
    public void PartitionTable_IsWholeInBothPlaces()
    {
        const long sectors = 4096;
        using var stream = new MemoryStream(new byte[sectors * 512]);
        GuidPartitionTable.Write(stream, sectors, [new DiskPartition(Guid.NewGuid(), 34, 2047, "one")]);
        byte[] disk = stream.ToArray();

        CheckHeader(disk, 1, sectors - 1, 2);
        CheckHeader(disk, sectors - 1, 1, sectors - 33);
    }

    [Fact]
    public void Crc_IsThatOfTheStandard() => Assert.Equal(0xcbf43926u, Crc32.Compute("123456789"u8));

    [Fact]
    public void MissingGuestFile_IsNamed()
    {
        using var scratch = new Scratch();
        File.Delete(scratch.Path("initrd.img"));

        (int code, _, string errors) = ToolProcess.Run("", "image", scratch.Config(), "-o", scratch.Path("x.iso"));

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("initrd.img", errors);
        Assert.False(File.Exists(scratch.Path("x.iso")));
    }

    private static void CheckHeader(byte[] disk, long own, long other, long entries)
    {
        byte[] header = disk[(int)(own * 512)..(int)((own * 512) + 92)];
        Assert.Equal("EFI PART", System.Text.Encoding.ASCII.GetString(header, 0, 8));
        Assert.Equal(own, BitConverter.ToInt64(header, 24));
        Assert.Equal(other, BitConverter.ToInt64(header, 32));
        Assert.Equal(entries, BitConverter.ToInt64(header, 72));
        Assert.Equal(Crc32.Compute(disk.AsSpan((int)entries * 512, 128 * 128)), BitConverter.ToUInt32(header, 88));
        uint crc = BitConverter.ToUInt32(header, 16);
        header.AsSpan(16, 4).Clear();
        Assert.Equal(Crc32.Compute(header), crc);
    }

    private static string Make(Scratch scratch, string name, params string[] options)
    {
        string path = scratch.Path(name);
        (int code, _, string errors) = ToolProcess.Run(
            "", ["image", scratch.Config(), "-o", path, "--hypervisor", StandIn.Path, .. options]);
        Assert.Equal(("", ExitCode.Success), (errors, code));
        return path;
    }

    /// <summary>The files and their bytes, without what the ISO's maker stamps with the day.</summary>
    private static string Extract(Scratch scratch, string image)
    {
        string folder = scratch.Path(System.IO.Path.GetFileName(image) + ".files");
        ExternalTool.Run("xorriso", ["-osirrox", "on", "-indev", image, "-extract", "/", folder]);
        string[] names =
            ["hypervisor.toml", "guests/vmlinuz", "boot/hypervisor.elf", "boot/grub/grub.cfg", "boot/options.cfg"];
        return string.Join("\n", Array.ConvertAll(
            names,
            name => Convert.ToHexString(
                System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, name))))));
    }
}
