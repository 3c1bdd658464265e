// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestLoader;

/// <summary>
/// One load on its way: keeps what is taken in the guest's memory, copies with checks, and holds the first error.
/// </summary>
internal sealed class LoadSession
{
    private const int MaximumTaken = 72;
    private const int CopyLength = 0x1_0000;
    private const ulong PageSize = 0x1000;
    private const string Outside = "a part lies outside of the guest's memory";

    /// <summary>Flat descriptors: present, ring 0, accessed, 4 KiB granularity (APM volume 2, 4.7 and 4.8).</summary>
    private const ulong FlatCode64 = 0x00AF_9B00_0000_FFFF;
    private const ulong FlatCode32 = 0x00CF_9B00_0000_FFFF;
    private const ulong FlatData = 0x00CF_9300_0000_FFFF;

    public readonly BootRequest Request;

    private readonly ulong[] _takenStart = new ulong[MaximumTaken];
    private readonly ulong[] _takenEnd = new ulong[MaximumTaken];
    private byte[]? _buffer;
    private int _taken;

    public LoadSession(BootRequest request)
    {
        Request = request;
    }

    /// <summary>Why the load failed.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Where the module lies once <see cref="TryPlaceInitrd"/> has put it somewhere.</summary>
    public ulong InitrdStart { get; private set; }

    public ulong InitrdLength => Request.Initrd?.Length ?? 0;

    /// <summary>
    /// Takes the boot area and writes what every kernel finds: the command line and the BIOS data area.
    /// </summary>
    public bool TryBegin()
    {
        if (!TryTake(BootArea.Start, BootArea.End - BootArea.Start, "the boot information"))
        {
            return false;
        }

        byte[] text = Utf8Text.ToBytes(Request.CommandLine);
        if (text.Length >= BootArea.CommandLineLength)
        {
            return Fail("the command line is longer than 4095 bytes");
        }

        GuestMemory memory = Request.Memory;
        const ulong Conventional = PcLayout.ConventionalMemoryEnd;
        bool written = memory.TryFill(new GuestPhysical(BootArea.Start), BootArea.End - BootArea.Start, 0)
            && memory.TryCopyOut(new GuestPhysical(BootArea.CommandLine), text)
            && memory.TryWrite(new GuestPhysical(BootArea.BiosSerialPort), PcLayout.Com1Port)
            && memory.TryWrite(new GuestPhysical(BootArea.BiosExtendedArea), (ushort)(Conventional >> 4))
            && memory.TryWrite(new GuestPhysical(BootArea.BiosMemorySize), (ushort)(Conventional >> 10));
        return written || Fail("the guest has no memory for the boot information");
    }

    public bool Fail(string error)
    {
        Error = error;
        return false;
    }

    public LoadResult Failed() => new(Error);

    /// <summary>
    /// Takes [start, start + length) for <paramref name="what"/>: it must be RAM of the guest that nothing else has
    /// taken.
    /// </summary>
    public bool TryTake(ulong start, ulong length, string what)
    {
        if (length == 0)
        {
            return true;
        }

        if (!Request.Map.IsRam(start, length))
        {
            return Fail(Describe(what, start, length).Append(" lies outside of the guest's memory").ToString());
        }

        ulong end = start + length;
        for (int i = 0; i < _taken; i++)
        {
            if (start < _takenEnd[i] && _takenStart[i] < end)
            {
                return Fail(Describe(what, start, length).Append(" overlaps something else").ToString());
            }
        }

        if (_taken == MaximumTaken)
        {
            return Fail("the kernel has too many segments");
        }

        _takenStart[_taken] = start;
        _takenEnd[_taken++] = end;
        return true;
    }

    /// <summary>
    /// Takes memory and fills it: <paramref name="fileLength"/> bytes of the kernel's file, then zeroes.
    /// </summary>
    public bool TryPlace(ulong fileOffset, ulong fileLength, ulong start, ulong length, string what)
    {
        if (fileLength > length)
        {
            return Fail(Describe(what, start, length).Append(" holds less than the file has for it").ToString());
        }

        return TryTake(start, length, what)
            && TryCopy(Request.Kernel, fileOffset, fileLength, start, what)
            && TryZero(start + fileLength, length - fileLength);
    }

    /// <summary>Copies from a file to memory that was taken.</summary>
    public bool TryCopy(ImageSource source, ulong offset, ulong length, ulong start, string what)
    {
        if (offset > source.Length || length > source.Length - offset)
        {
            return Fail("the file ends before " + what + " does");
        }

        _buffer ??= new byte[CopyLength];
        while (length > 0)
        {
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(length, CopyLength));
            if (!source.Read(offset, part))
            {
                return Fail("the file cannot be read");
            }

            if (!Request.Memory.TryCopyOut(new GuestPhysical(start), part))
            {
                return Fail(what + " lies outside of the guest's memory");
            }

            offset += (uint)part.Length;
            start += (uint)part.Length;
            length -= (uint)part.Length;
        }

        return true;
    }

    public bool TryZero(ulong start, ulong length) =>
        Request.Memory.TryFill(new GuestPhysical(start), length, 0) || Fail(Outside);

    public bool TryWrite(ulong start, ReadOnlySpan<byte> bytes) =>
        Request.Memory.TryCopyOut(new GuestPhysical(start), bytes) || Fail(Outside);

    /// <summary>
    /// Puts the initial RAM disk as high as it fits below <paramref name="limit"/>, on a page's boundary; nothing to do
    /// where there is none. Call it when everything else has its place.
    /// </summary>
    public bool TryPlaceInitrd(ulong limit)
    {
        ImageSource? initrd = Request.Initrd;
        if (initrd == null || initrd.Length == 0)
        {
            return true;
        }

        ulong length = initrd.Length;
        ulong end = Math.Min(limit, Request.Map.LowRamEnd) & ~(PageSize - 1);
        ulong floor = 0x10_0000;
        while (end > floor && length <= end - floor)
        {
            ulong start = (end - length) & ~(PageSize - 1);
            ulong blocker = LowestOverlap(start, length);
            if (blocker == ulong.MaxValue)
            {
                InitrdStart = start;
                return TryTake(start, length, "the initial RAM disk")
                    && TryCopy(initrd, 0, length, start, "the initial RAM disk");
            }

            end = blocker & ~(PageSize - 1);
        }

        TextBuilder text = new TextBuilder().Append("the initial RAM disk (").Append((length + 1023) / 1024);
        return Fail(text.Append("K) finds no room beside the kernel; give the guest more memory").ToString());
    }

    /// <summary>The descriptor table behind selectors 0x10 (code) and 0x18 (data).</summary>
    public bool TryWriteDescriptors(bool is64)
    {
        byte[] table = new byte[BootArea.DescriptorTableLength];
        LittleEndian.Write64(table, 0x10, is64 ? FlatCode64 : FlatCode32);
        LittleEndian.Write64(table, 0x18, FlatData);
        return TryWrite(BootArea.DescriptorTable, table);
    }

    private ulong LowestOverlap(ulong start, ulong length)
    {
        ulong lowest = ulong.MaxValue;
        for (int i = 0; i < _taken; i++)
        {
            if (start < _takenEnd[i] && _takenStart[i] < start + length)
            {
                lowest = Math.Min(lowest, _takenStart[i]);
            }
        }

        return lowest;
    }

    private static TextBuilder Describe(string what, ulong start, ulong length)
    {
        TextBuilder text = new TextBuilder().Append(what).Append(" (0x").AppendHexadecimal(length);
        return text.Append(" bytes at 0x").AppendHexadecimal(start).Append(')');
    }
}
