// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Tool.Images;

/// <summary>The parts of GRUB that our menu uses; nothing else goes on a medium.</summary>
internal static class GrubModules
{
    public const string BiosPlatform = "i386-pc";
    public const string EfiPlatform = "x86_64-efi";

    /// <summary>Where the distribution's packages put GRUB's parts.</summary>
    public static string Folder(string platform) => $"/usr/lib/grub/{platform}";

    /// <summary>Commands and formats that the menu needs on every platform.</summary>
    public static readonly string[] Menu =
    [
        "normal", "configfile", "multiboot2", "regexp", "test", "true", "echo", "ls", "cat", "minicmd", "halt",
        "reboot", "serial", "terminal", "all_video", "gfxterm", "sleep",
    ];

    /// <summary>What finds the menu on a disk's FAT partition.</summary>
    public static readonly string[] Disk = ["part_gpt", "part_msdos", "fat"];

    /// <summary>What finds the menu on an ISO.</summary>
    public static readonly string[] Iso =
    [
        "iso9660", "part_gpt", "part_msdos", "part_apple", "fat", "search", "search_fs_file", "search_fs_uuid",
        // The start of the EFI side names these, and complains of each that is missing.
        "part_acorn", "part_amiga", "part_bsd", "part_dfly", "part_dvh", "part_plan", "part_sun", "part_sunpc",
    ];

    /// <summary>What reads a disk through the firmware, where that is a part of its own.</summary>
    public static string[] Firmware(string platform) =>
        platform == BiosPlatform ? ["biosdisk"] : Array.Empty<string>();
}
