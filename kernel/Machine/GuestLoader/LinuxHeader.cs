// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// The set-up header of a Linux bzImage (Documentation/arch/x86/boot.rst, "The real-mode kernel header").
/// </summary>
internal sealed class LinuxHeader
{
    /// <summary>The header's place, the same in the file and in boot_params.</summary>
    public const int Offset = 0x1F1;

    /// <summary>boot_params has room for the header up to here.</summary>
    public const int MaximumEnd = 0x290;

    public const ushort Version206 = 0x206;
    public const ushort Version210 = 0x20A;
    public const ushort Version212 = 0x20C;

    private const uint Magic = 0x5372_6448;
    private const ushort BootFlag = 0xAA55;
    private const byte LoadedHighFlag = 1;
    private const ushort Kernel64Flag = 1;
    private const uint SectorSize = 512;

    private readonly byte[] _bytes;

    private LinuxHeader(byte[] bytes)
    {
        _bytes = bytes;
    }

    /// <summary>The first bytes of the file, up to the end of the header.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    public ushort Version => LittleEndian.Read16(_bytes, 0x206);

    /// <summary>Where the protected-mode kernel begins in the file, in bytes.</summary>
    public ulong KernelOffset => ((_bytes[0x1F1] == 0 ? 4u : _bytes[0x1F1]) + 1) * SectorSize;

    public bool IsLoadedHigh => (_bytes[0x211] & LoadedHighFlag) != 0;

    /// <summary>
    /// Kernels that are entered in protected mode say where they are to lie then. iPXE and its like leave it 0: what
    /// they have there is only of use to their real-mode part.
    /// </summary>
    public bool HasEntry32 => LittleEndian.Read32(_bytes, 0x214) != 0;

    public bool HasEntry64 => Version >= Version212 && (LittleEndian.Read16(_bytes, 0x236) & Kernel64Flag) != 0;

    public bool IsRelocatable => _bytes[0x234] != 0;

    /// <summary>A power of two in a sound file.</summary>
    public ulong Alignment => LittleEndian.Read32(_bytes, 0x230);

    public ulong PreferredAddress => Version >= Version210 ? LittleEndian.Read64(_bytes, 0x258) : 0x10_0000;

    /// <summary>
    /// What the kernel uses from its start on before it reads the memory map; 0 where the file doesn't say.
    /// </summary>
    public ulong InitialSize => Version >= Version210 ? LittleEndian.Read32(_bytes, 0x260) : 0;

    /// <summary>The first byte that the initial RAM disk must not use.</summary>
    public ulong InitrdLimit => LittleEndian.Read32(_bytes, 0x22C) + 1UL;

    /// <summary>The longest command line, without its final zero.</summary>
    public uint CommandLineLength => LittleEndian.Read32(_bytes, 0x238);

    public static bool IsLinux(ImageSource source)
    {
        Span<byte> start = new byte[0x10];
        return ImageReader.TryRead(source, 0x1F8, start)
            && LittleEndian.Read16(start, 6) == BootFlag
            && LittleEndian.Read32(start, 10) == Magic;
    }

    /// <summary>Reads the header of a file that <see cref="IsLinux"/>; null on an error.</summary>
    public static LinuxHeader? Parse(LoadSession session)
    {
        byte[] length = new byte[1];
        if (!ImageReader.TryRead(session.Request.Kernel, 0x201, length))
        {
            _ = session.Fail("the file ends within its header");
            return null;
        }

        // Older headers are shorter: what they lack reads as zero.
        byte[] bytes = new byte[MaximumEnd];
        int end = Math.Min(0x202 + length[0], MaximumEnd);
        if (!ImageReader.TryRead(session.Request.Kernel, 0, bytes.AsSpan(0, end)))
        {
            _ = session.Fail("the file ends within its header");
            return null;
        }

        var header = new LinuxHeader(bytes);
        string? error = header.FindError();
        if (error != null)
        {
            _ = session.Fail(error);
        }

        return error == null ? header : null;
    }

    private string? FindError()
    {
        if (Version < Version206)
        {
            return "the kernel's boot protocol is older than 2.06";
        }

        if (!IsLoadedHigh)
        {
            return "the kernel is a zImage; only bzImages can be started";
        }

        if (!HasEntry32)
        {
            return "the image starts in real mode only, which takes a BIOS";
        }

        ulong alignment = Alignment;
        return IsRelocatable && (alignment == 0 || (alignment & (alignment - 1)) != 0)
            ? "the kernel's header is damaged: its alignment is not a power of two"
            : null;
    }
}
