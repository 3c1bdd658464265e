// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using Hypervisor.Devices.Chipset;
using Hypervisor.Machine;
using Hypervisor.Machine.GuestTables;
using Hypervisor.Memory;
using Xunit;

namespace Hypervisor.Unit.Machine.GuestTables;

/// <summary>
/// The ACPI tables: found, summed and read as a guest does, and disassembled by ACPICA where it is installed.
/// </summary>
public sealed class AcpiTablesTests
{
    private readonly byte[] _area = new byte[0x2_0000];

    public AcpiTablesTests()
    {
        GuestMemory memory = HostGuestMemory.Create(2UL << 20);
        Assert.True(AcpiTables.TryWrite(memory, 3));
        Assert.True(memory.TryCopyIn(new GuestPhysical(PcLayout.BiosAreaBase), _area));
    }

    [Fact]
    public void The_root_pointer_is_where_guests_look_and_leads_to_all_tables()
    {
        Span<byte> rsdp = At((uint)AcpiTables.Rsdp.Value);
        Assert.Equal("RSD PTR ", Ascii(rsdp[..8]));
        Assert.Equal(0, Sum(rsdp[..20]));
        Assert.Equal(0, Sum(rsdp[..36]));
        Assert.Equal(0UL, AcpiTables.Rsdp.Value % 16);
        List<uint> tables = TablesOf(BitConverter.ToUInt32(rsdp[16..]), 4);
        Assert.Equal(tables, TablesOf((uint)BitConverter.ToUInt64(rsdp[24..]), 8));
        var names = new List<string>();
        foreach (uint address in tables)
        {
            names.Add(Ascii(Table(address)[..4]));
        }

        Assert.Equal(["FACP", "APIC", "MCFG"], names);
    }

    [Fact]
    public void The_fixed_table_names_the_ports_of_the_chipset()
    {
        Span<byte> fadt = Find("FACP");
        Assert.Equal(276, fadt.Length);
        Assert.Equal("FACS", Ascii(At(BitConverter.ToUInt32(fadt[36..]))[..4]));
        Assert.Equal(0u, BitConverter.ToUInt32(fadt[36..]) % 64);
        Assert.Equal("DSDT", Ascii(Table(BitConverter.ToUInt32(fadt[40..]))[..4]));
        Assert.Equal(BitConverter.ToUInt32(fadt[40..]), BitConverter.ToUInt64(fadt[140..]));
        Assert.Equal(PcLayout.SciIrq, BitConverter.ToUInt16(fadt[46..]));
        Assert.Equal(PcLayout.Pm1EventPort, BitConverter.ToUInt32(fadt[56..]));
        Assert.Equal(PcLayout.Pm1ControlPort, BitConverter.ToUInt32(fadt[64..]));
        Assert.Equal(PcLayout.PmTimerPort, BitConverter.ToUInt32(fadt[76..]));
        Assert.Equal(PcLayout.Gpe0Port, BitConverter.ToUInt32(fadt[80..]));
        Assert.Equal(PcLayout.RtcCenturyIndex, fadt[108]);
        Assert.Equal(0x5, BitConverter.ToUInt16(fadt[109..]));
        uint flags = BitConverter.ToUInt32(fadt[112..]);
        Assert.Equal(0u, flags & (1u << 20));
        Assert.Equal(0u, flags & (1u << 4));
        Assert.NotEqual(0u, flags & (1u << 10));
        Assert.Equal(PcLayout.ResetControlPort, BitConverter.ToUInt64(fadt[120..]));
        Assert.Equal(PcLayout.ResetValue, fadt[128]);
        Assert.Equal(PcLayout.PmTimerPort, BitConverter.ToUInt64(fadt[212..]));
        Assert.Equal(PcLayout.Gpe0Port, BitConverter.ToUInt64(fadt[224..]));
    }

    [Fact]
    public void The_interrupt_table_lists_processors_and_overrides()
    {
        Span<byte> madt = Find("APIC");
        Assert.Equal(PcLayout.LocalApicBase, BitConverter.ToUInt32(madt[36..]));
        var found = new List<string>();
        for (int i = 44; i < madt.Length; i += madt[i + 1])
        {
            found.Add(Convert.ToHexString(madt.Slice(i, madt[i + 1])));
        }

        Assert.Equal(
            [
                "0008000001000000", "0008010101000000", "0008020201000000", "010C00000000C0FE00000000",
                "020A0000020000000000", "020A0009090000000D00", "0406FF000001",
            ],
            found);
    }

    [Fact]
    public void The_configuration_window_is_the_one_of_the_chipset()
    {
        Span<byte> mcfg = Find("MCFG");
        Assert.Equal(60, mcfg.Length);
        Assert.Equal(PcLayout.EcamBase, BitConverter.ToUInt64(mcfg[44..]));
        Assert.Equal(PcLayout.EcamBusCount - 1, mcfg[55]);
    }

    [Fact]
    public void Package_lengths_take_as_few_bytes_as_they_need()
    {
        foreach (int content in new[] { 0, 62, 63, 4093, 4094, 70000 })
        {
            var bytes = new ByteWriter();
            var aml = new AmlWriter(bytes);
            int place = bytes.Length;
            _ = bytes.WriteZeroes(content);
            aml.End(place);
            ReadOnlySpan<byte> written = bytes.Written;
            int extra = written[0] >> 6;
            int length = extra == 0 ? written[0] : written[0] & 15;
            for (int i = 0; i < extra; i++)
            {
                length |= written[1 + i] << (4 + (i * 8));
            }

            Assert.Equal(bytes.Length, length);
            Assert.Equal(content <= 62 ? 0 : content <= 4093 ? 1 : 2, extra);
        }
    }

    [AcpicaFact]
    public void Acpica_reads_every_table_without_complaint()
    {
        string folder = Directory.CreateTempSubdirectory("acpi").FullName;
        try
        {
            Span<byte> rsdp = At((uint)AcpiTables.Rsdp.Value);
            List<uint> tables = TablesOf(BitConverter.ToUInt32(rsdp[16..]), 4);
            tables.Add(BitConverter.ToUInt32(Find("FACP")[40..]));
            foreach (uint address in tables)
            {
                Span<byte> table = Table(address);
                string name = Ascii(table[..4]);
                File.WriteAllBytes(Path.Combine(folder, name + ".dat"), table.ToArray());
                string text = Run(folder, "-d", name + ".dat");
                Assert.DoesNotContain("error", text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("Invalid", text, StringComparison.Ordinal);
                string source = File.ReadAllText(Path.Combine(folder, name + ".dsl"));
                Assert.DoesNotContain("***", source, StringComparison.Ordinal);
            }

            // What is compiled again must be what was written.
            string compiled = Run(folder, "-oa", "-p", "again", "DSDT.dsl");
            Assert.Contains(" 0 Errors, 0 Warnings", compiled, StringComparison.Ordinal);
            byte[] again = File.ReadAllBytes(Path.Combine(folder, "again.aml"));
            Assert.Equal(
                Convert.ToHexString(File.ReadAllBytes(Path.Combine(folder, "DSDT.dat")).AsSpan(36)),
                Convert.ToHexString(again.AsSpan(36)));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static string Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("iasl", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }

    private Span<byte> Find(string signature)
    {
        foreach (uint address in TablesOf(BitConverter.ToUInt32(At((uint)AcpiTables.Rsdp.Value)[16..]), 4))
        {
            if (Ascii(At(address)[..4]) == signature)
            {
                return Table(address);
            }
        }

        throw new InvalidOperationException("no " + signature);
    }

    private List<uint> TablesOf(uint root, int width)
    {
        Span<byte> table = Table(root);
        var list = new List<uint>();
        for (int i = 36; i < table.Length; i += width)
        {
            list.Add(BitConverter.ToUInt32(table[i..]));
        }

        return list;
    }

    private Span<byte> Table(uint address)
    {
        Span<byte> table = At(address);
        table = table[..BitConverter.ToInt32(table[4..])];
        Assert.Equal(0, Sum(table));
        return table;
    }

    private Span<byte> At(uint address) => _area.AsSpan((int)(address - PcLayout.BiosAreaBase));

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte b in bytes)
        {
            sum += b;
        }

        return sum;
    }

    private static string Ascii(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
