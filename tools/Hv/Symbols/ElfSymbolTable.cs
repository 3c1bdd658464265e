// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Hypervisor.Tool.Symbols;

/// <summary>The functions of a 64-bit little-endian ELF, by address.</summary>
internal sealed class ElfSymbolTable
{
    private const int SectionHeaderSize = 64;
    private const int SymbolSize = 24;
    private const uint SymbolTableSection = 2;
    private const ulong Executable = 4;
    private const int FirstReservedSection = 0xff00;

    private readonly List<ElfSymbol> _symbols = [];

    private ElfSymbolTable()
    {
    }

    public int Count => _symbols.Count;

    public static ElfSymbolTable Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (file.Length < SectionHeaderSize || !file.AsSpan(0, 5).SequenceEqual("\u007fELF\u0002"u8))
        {
            throw new ToolException($"{path} is no 64-bit ELF.", ExitCode.Usage);
        }

        var table = new ElfSymbolTable();
        try
        {
            table.ReadSections(file);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new ToolException($"{path} is cut short.", ExitCode.Usage);
        }

        table._symbols.Sort(static (left, right) => left.Address.CompareTo(right.Address));
        return table;
    }

    /// <summary>The function that contains an address; null where none does.</summary>
    public ElfSymbol? Find(ulong address)
    {
        int low = 0;
        int high = _symbols.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_symbols[middle].Address <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == 0)
        {
            return null;
        }

        ElfSymbol found = _symbols[low - 1];
        return found.Size == 0 || address - found.Address < found.Size ? found : null;
    }

    private void ReadSections(ReadOnlySpan<byte> file)
    {
        int headers = (int)BitConverter.ToUInt64(file[0x28..]);
        int count = BitConverter.ToUInt16(file[0x3c..]);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> header = file.Slice(headers + (i * SectionHeaderSize), SectionHeaderSize);
            if (BitConverter.ToUInt32(header[4..]) == SymbolTableSection)
            {
                int names = BitConverter.ToInt32(header[0x28..]);
                ReadSymbols(
                    Contents(file, header),
                    Contents(file, file[(headers + (names * SectionHeaderSize))..]),
                    file.Slice(headers, count * SectionHeaderSize));
            }
        }
    }

    private static ReadOnlySpan<byte> Contents(ReadOnlySpan<byte> file, ReadOnlySpan<byte> header) =>
        file.Slice((int)BitConverter.ToUInt64(header[0x18..]), (int)BitConverter.ToUInt64(header[0x20..]));

    private void ReadSymbols(ReadOnlySpan<byte> symbols, ReadOnlySpan<byte> names, ReadOnlySpan<byte> sections)
    {
        for (; symbols.Length >= SymbolSize; symbols = symbols[SymbolSize..])
        {
            int section = BitConverter.ToUInt16(symbols[6..]);
            bool code = section < FirstReservedSection
                && (BitConverter.ToUInt64(sections[((section * SectionHeaderSize) + 8)..]) & Executable) != 0;
            if (!code)
            {
                continue;
            }

            ReadOnlySpan<byte> name = names[BitConverter.ToInt32(symbols)..];
            name = name[..name.IndexOf((byte)0)];
            if (!name.IsEmpty)
            {
                _symbols.Add(new ElfSymbol(
                    BitConverter.ToUInt64(symbols[8..]), BitConverter.ToUInt64(symbols[16..]),
                    Encoding.UTF8.GetString(name)));
            }
        }
    }
}
