// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;

namespace Hypervisor.Machine.GuestTables;

/// <summary>
/// The ACPI tables of a guest: RSDP, RSDT, XSDT, FADT, FACS, MADT, MCFG, DSDT. They lie in the BIOS area, where a guest
/// that was told nothing finds the RSDP.
/// </summary>
public static class AcpiTables
{
    private const uint Base = (uint)PcLayout.BiosAreaBase;
    private const uint FacsAddress = Base + 0x40;
    private const uint FirstTable = Base + 0x80;
    private const int FacsLength = 64;
    private const int Alignment = 16;
    private const byte RsdpRevision = 2;
    private const int RsdpOldLength = 20;
    private const int RsdpLength = 36;

    /// <summary>Where the RSDP lies.</summary>
    public static GuestPhysical Rsdp => new(Base);

    /// <summary>
    /// Writes all tables for a guest with so many processors (1 to 99); false where the guest has no memory there.
    /// </summary>
    public static bool TryWrite(GuestMemory memory, int processors)
    {
        uint dsdt = FirstTable;
        ByteWriter image = new ByteWriter().WriteZeroes((int)(FirstTable - Base));
        ByteWriter namespaceTable = AcpiTable.Begin("DSDT", 2);
        DeviceNamespace.Write(namespaceTable, processors);
        _ = image.Write(AcpiTable.Finish(namespaceTable).Written);
        uint fadt = Append(image, FixedAcpiTable.Build(FacsAddress, dsdt));
        uint madt = Append(image, InterruptTable.Build(processors));
        uint mcfg = Append(image, BuildMcfg());
        uint rsdt = Append(image, AcpiTable.Finish(
            AcpiTable.Begin("RSDT", 1).Write32(fadt).Write32(madt).Write32(mcfg)));
        uint xsdt = Append(image, AcpiTable.Finish(
            AcpiTable.Begin("XSDT", 1).Write64(fadt).Write64(madt).Write64(mcfg)));
        return (ulong)image.Length <= PcLayout.BiosAreaEnd - PcLayout.BiosAreaBase
            && memory.TryCopyOut(new GuestPhysical(Base), image.Written)
            && memory.TryCopyOut(new GuestPhysical(FacsAddress), BuildFacs().Written)
            && memory.TryCopyOut(Rsdp, BuildRsdp(rsdt, xsdt).Written);
    }

    private static uint Append(ByteWriter image, ByteWriter table)
    {
        uint address = Base + (uint)image.Align(Alignment).Length;
        _ = image.Write(table.Written);
        return address;
    }

    /// <summary>The root pointer (ACPI 6.5, 5.2.5.3): a checksum over its old part, another over all.</summary>
    private static ByteWriter BuildRsdp(uint rsdt, uint xsdt)
    {
        ByteWriter rsdp = new ByteWriter()
            .WriteAscii("RSD PTR ")
            .Write8(0)
            .WriteAscii(AcpiTable.OemId)
            .Write8(RsdpRevision)
            .Write32(rsdt)
            .Write32(RsdpLength)
            .Write64(xsdt)
            .Write32(0);
        rsdp.Patch8(8, rsdp.Checksum(0, RsdpOldLength));
        rsdp.Patch8(32, rsdp.Checksum(0, RsdpLength));
        return rsdp;
    }

    /// <summary>The firmware control structure (ACPI 6.5, 5.2.10): version 2, nobody holds its lock.</summary>
    private static ByteWriter BuildFacs() => new ByteWriter()
        .WriteAscii("FACS")
        .Write32(FacsLength)
        .WriteZeroes(24)
        .Write8(2)
        .WriteZeroes(FacsLength - 33);

    /// <summary>Where the configuration space of PCI Express is (PCI firmware specification 3.3, 4.1.2).</summary>
    private static ByteWriter BuildMcfg() => AcpiTable.Finish(AcpiTable.Begin("MCFG", 1)
        .Write64(0)
        .Write64(PcLayout.EcamBase)
        .Write16(0)
        .Write8(0)
        .Write8(PcLayout.EcamBusCount - 1)
        .Write32(0));
}
