// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Hypervisor.Memory;
using Hypervisor.Platform;

namespace Hypervisor.Boot.Loader;

/// <summary>
/// What the boot loader says about the machine, copied out of its memory before that is used again. Everything is
/// checked against the length of its tag: a broken tag counts as missing. Multiboot2 specification 2.0, 3.6.
/// </summary>
public sealed class LoaderInformation
{
    private const int HeaderSize = 8;
    private const int TagAlignment = 8;
    private const int AreaSize = 24;
    private const int RootPointerOldSize = 20;
    private const uint AvailableMemory = 1;

    private MemoryArea[] _memory = new MemoryArea[0];
    private BootModule[] _modules = new BootModule[0];
    private byte[] _rootPointer = new byte[0];

    /// <summary>Reads all of the information, which begins with its total size.</summary>
    public LoaderInformation(ReadOnlySpan<byte> information)
    {
        Screen = new Framebuffer(FramebufferKind.None, default, 0, 0, 0, 0);
        CommandLine = string.Empty;
        _modules = new BootModule[CountTags(information, TagKind.Module)];
        int modules = 0;
        int at = HeaderSize;
        while (TryReadTag(information, ref at, out TagKind kind, out ReadOnlySpan<byte> tag))
        {
            if (kind == TagKind.Module)
            {
                _modules[modules++] = ReadModule(tag);
            }
            else
            {
                Read(kind, tag);
            }
        }
    }

    /// <summary>The firmware's memory map: Free where there is RAM to use, Reserved for anything else.</summary>
    public ReadOnlySpan<MemoryArea> Memory => _memory;

    /// <summary>The files that were loaded, in the order of the loader's configuration.</summary>
    public ReadOnlySpan<BootModule> Modules => _modules;

    public string CommandLine { get; private set; }

    /// <summary>A copy of ACPI's root pointer, the newest version that the loader has; empty without ACPI.</summary>
    public ReadOnlySpan<byte> RootPointer => _rootPointer;

    public Framebuffer Screen { get; private set; }

    /// <summary>True where <paramref name="word"/> is one of the command line's words.</summary>
    public bool HasOption(string word)
    {
        int start = 0;
        for (int end = 0; end <= CommandLine.Length; end++)
        {
            if (end == CommandLine.Length || CommandLine[end] == ' ')
            {
                if (CommandLine.AsSpan(start, end - start).SequenceEqual(word.AsSpan()))
                {
                    return true;
                }

                start = end + 1;
            }
        }

        return false;
    }

    /// <summary>The number behind <paramref name="name"/> and an equals sign, where that is one of the words.</summary>
    public bool TryGetNumber(string name, out int value)
    {
        value = 0;
        int start = CommandLine.IndexOf(name, StringComparison.Ordinal);
        int at = start + name.Length;
        bool isWord = start == 0 || (start > 0 && CommandLine[start - 1] == ' ');
        if (!isWord || at + 1 >= CommandLine.Length || CommandLine[at] != '=')
        {
            return false;
        }

        for (at++; at < CommandLine.Length && CommandLine[at] != ' '; at++)
        {
            int digit = CommandLine[at] - '0';
            if (digit is < 0 or > 9 || value > 99_999_999)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return true;
    }

    private static int CountTags(ReadOnlySpan<byte> information, TagKind wanted)
    {
        int count = 0;
        int at = HeaderSize;
        while (TryReadTag(information, ref at, out TagKind kind, out _))
        {
            count += kind == wanted ? 1 : 0;
        }

        return count;
    }

    /// <summary>
    /// The tag at <paramref name="at"/>, without its header; false at the end, and where the list is broken.
    /// </summary>
    private static bool TryReadTag(ReadOnlySpan<byte> information, ref int at, out TagKind kind,
        out ReadOnlySpan<byte> tag)
    {
        kind = TagKind.End;
        tag = default;
        while (at <= information.Length - HeaderSize)
        {
            kind = (TagKind)BinaryPrimitives.ReadUInt32LittleEndian(information.Slice(at));
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(information.Slice(at + 4));
            if (kind == TagKind.End || size < HeaderSize || size > (uint)(information.Length - at))
            {
                return false;
            }

            tag = information.Slice(at + HeaderSize, (int)size - HeaderSize);
            at += ((int)size + TagAlignment - 1) & ~(TagAlignment - 1);
            if (kind != TagKind.Module || IsModule(tag))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsModule(ReadOnlySpan<byte> tag) =>
        tag.Length >= 9
        && BinaryPrimitives.ReadUInt32LittleEndian(tag) <= BinaryPrimitives.ReadUInt32LittleEndian(tag.Slice(4));

    private static BootModule ReadModule(ReadOnlySpan<byte> tag)
    {
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(tag);
        uint end = BinaryPrimitives.ReadUInt32LittleEndian(tag.Slice(4));
        return new BootModule(Unquote(ReadText(tag.Slice(8))), new HostPhysical(start), end - start);
    }

    /// <summary>GRUB puts quotes around a name with spaces and a backslash before a quote.</summary>
    private static string Unquote(string text)
    {
        Span<char> plain = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        int length = 0;
        for (int index = 0; index < text.Length; index++)
        {
            bool isEscaped = text[index] == '\\' && index + 1 < text.Length;
            if (isEscaped)
            {
                plain[length++] = text[++index];
            }
            else if (text[index] != '"')
            {
                plain[length++] = text[index];
            }
        }

        return new string(plain.Slice(0, length));
    }

    private static string ReadText(ReadOnlySpan<byte> text)
    {
        int length = text.IndexOf((byte)0);
        char[] characters = new char[length < 0 ? text.Length : length];
        for (int index = 0; index < characters.Length; index++)
        {
            characters[index] = (char)text[index];
        }

        return new string(characters);
    }

    private void Read(TagKind kind, ReadOnlySpan<byte> tag)
    {
        switch (kind)
        {
            case TagKind.CommandLine:
                CommandLine = ReadText(tag);
                break;
            case TagKind.MemoryMap:
                ReadMemoryMap(tag);
                break;
            case TagKind.Framebuffer when tag.Length >= 23:
                Screen = new Framebuffer(
                    (FramebufferKind)tag[21],
                    new HostPhysical(BinaryPrimitives.ReadUInt64LittleEndian(tag)),
                    BinaryPrimitives.ReadUInt32LittleEndian(tag.Slice(8)),
                    BinaryPrimitives.ReadUInt32LittleEndian(tag.Slice(12)),
                    BinaryPrimitives.ReadUInt32LittleEndian(tag.Slice(16)),
                    tag[20]);
                break;
            case TagKind.OldRootPointer when tag.Length >= RootPointerOldSize && _rootPointer.Length == 0:
            case TagKind.NewRootPointer when tag.Length >= RootPointerOldSize:
                _rootPointer = tag.ToArray();
                break;
        }
    }

    private void ReadMemoryMap(ReadOnlySpan<byte> tag)
    {
        uint entrySize = tag.Length < HeaderSize ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(tag);
        if (entrySize is < AreaSize or > 4096)
        {
            return;
        }

        var areas = new MemoryArea[(tag.Length - HeaderSize) / (int)entrySize];
        for (int index = 0; index < areas.Length; index++)
        {
            ReadOnlySpan<byte> entry = tag.Slice(HeaderSize + (index * (int)entrySize), AreaSize);
            bool isRam = BinaryPrimitives.ReadUInt32LittleEndian(entry.Slice(16)) == AvailableMemory;
            areas[index] = new MemoryArea(
                new HostPhysical(BinaryPrimitives.ReadUInt64LittleEndian(entry)),
                BinaryPrimitives.ReadUInt64LittleEndian(entry.Slice(8)),
                isRam ? FrameKind.Free : FrameKind.Reserved);
        }

        _memory = areas;
    }
}
