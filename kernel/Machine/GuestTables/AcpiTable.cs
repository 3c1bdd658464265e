// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestTables;

/// <summary>The header that all ACPI tables begin with (ACPI 6.5, 5.2.6).</summary>
internal static class AcpiTable
{
    public const int HeaderLength = 36;

    private const int LengthOffset = 4;
    private const int ChecksumOffset = 9;

    /// <summary>Who made the tables: OEM ID (6 characters), OEM table ID (8) and creator ID (4).</summary>
    public const string OemId = "CSHARP";
    private const string OemTableId = "HYPERVIS";
    private const string CreatorId = "CSHV";

    /// <summary>Begins a table; its content follows.</summary>
    public static ByteWriter Begin(string signature, byte revision) => new ByteWriter()
        .WriteAscii(signature)
        .Write32(0)
        .Write8(revision)
        .Write8(0)
        .WriteAscii(OemId)
        .WriteAscii(OemTableId)
        .Write32(1)
        .WriteAscii(CreatorId)
        .Write32(1);

    /// <summary>Fills in length and checksum.</summary>
    public static ByteWriter Finish(ByteWriter table)
    {
        table.Patch32(LengthOffset, (uint)table.Length);
        table.Patch8(ChecksumOffset, table.Checksum(0, table.Length));
        return table;
    }
}
