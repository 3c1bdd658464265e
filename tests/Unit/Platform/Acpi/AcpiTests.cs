// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Platform.Acpi;
using Xunit;

namespace Hypervisor.Unit.Platform.Acpi;

/// <summary>The firmware's tables: what is read from whole ones, and that broken ones never do harm.</summary>
public sealed class AcpiTests
{
    // QEMU 7.2 i440FX: Name (_S5, Package (0x04) { Zero, Zero, Zero, Zero })
    private static readonly byte[] s_qemuS5 = [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x06, 0x04, 0, 0, 0, 0];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tables_AreFoundThroughBothLists(bool isNew)
    {
        var firmware = new TestFirmware();
        ulong first = firmware.Add("SSDT", [1]);
        ulong second = firmware.Add("SSDT", [2]);
        var tables = new AcpiTables(firmware, firmware.Root(isNew, first, 0, second));
        Assert.Equal(3, tables.Count);
        Assert.Equal(1, tables.Find("SSDT"u8)[^1]);
        Assert.Equal(2, tables.Find("SSDT"u8, 1)[^1]);
        Assert.True(tables.Find("SSDT"u8, 2).IsEmpty);
        Assert.True(tables.Find("APIC"u8).IsEmpty);
        Assert.Equal(0, tables.Broken);
    }

    [Fact]
    public void ABrokenRootPointer_MeansNoTables()
    {
        var firmware = new TestFirmware();
        byte[] root = firmware.Root(false, firmware.Add("SSDT", [1]));
        root[17] ^= 1;
        Assert.Equal(0, new AcpiTables(firmware, root).Count);
        Assert.Equal(0, new AcpiTables(firmware, default).Count);
        Assert.Equal(0, new AcpiTables(firmware, new byte[36]).Count);
    }

    [Fact]
    public void ATableWithAWrongSumOrLength_IsNotThere()
    {
        var firmware = new TestFirmware();
        ulong sum = firmware.Add("SSDT", [1, 2, 3]);
        ulong length = firmware.Add("SSDT", [1, 2, 3]);
        firmware.Bytes(sum)[^1]++;
        firmware.Bytes(length)[7] = 0x7f;
        var tables = new AcpiTables(firmware, firmware.Root(true, sum, length, 0xdead_0000));
        Assert.True(tables.Find("SSDT"u8).IsEmpty);
        Assert.Equal(2, tables.Broken);
    }

    [Fact]
    public void Topology_ReadsProcessorsControllersAndOverrides()
    {
        var firmware = new TestFirmware();
        ulong madt = firmware.Add(
            "APIC",
            [
                0, 0, 0xe0, 0xfe, 1, 0, 0, 0,
                0, 8, 0, 0, 1, 0, 0, 0,
                0, 8, 1, 2, 1, 0, 0, 0,
                0, 8, 2, 3, 0, 0, 0, 0,
                9, 16, 0, 0, 0x00, 0x01, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0,
                9, 16, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0,
                1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0,
                1, 12, 1, 0, 0, 0, 0xc1, 0xfe, 24, 0, 0, 0,
                2, 10, 0, 0, 2, 0, 0, 0, 0, 0,
                2, 10, 0, 9, 9, 0, 0, 0, 0xf, 0,
                2, 10, 0, 99, 9, 0, 0, 0, 0xf, 0,
                5, 12, 0, 0, 0, 0, 0xe1, 0xfe, 0, 0, 0, 0,
            ]);
        var topology = new InterruptTopology(new AcpiTables(firmware, firmware.Root(true, madt)));
        Assert.Equal([0u, 2u, 0x100u], topology.Processors.ToArray());
        Assert.Equal(2, topology.ControllerCount);
        Assert.Equal(0xfec1_0000UL, topology.Controllers[1].Address);
        Assert.Equal(24u, topology.Controllers[1].FirstInterrupt);
        Assert.Equal(0xfee1_0000UL, topology.LocalApicAddress);
        Assert.True(topology.HasLegacyController);
        Assert.Equal(2u, topology.GetIsa(0).Interrupt);
        Assert.False(topology.GetIsa(0).IsActiveLow);
        Assert.True(topology.GetIsa(9).IsActiveLow && topology.GetIsa(9).IsLevelTriggered);
        Assert.Equal(4u, topology.GetIsa(4).Interrupt);
    }

    [Fact]
    public void WithoutTheTable_AMachineHasTheUsualWiring()
    {
        var topology = new InterruptTopology(new AcpiTables(new TestFirmware(), default));
        Assert.Equal(0xfec0_0000UL, topology.Controllers[0].Address);
        Assert.Equal(0, topology.ProcessorCount);
        Assert.Equal(0xfee0_0000UL, topology.LocalApicAddress);
        Assert.Equal(1u, topology.GetIsa(1).Interrupt);
    }

    [Fact]
    public void FixedDescription_ReadsOldAndNewForms()
    {
        byte[] body = new byte[244 - AcpiTables.HeaderSize];
        Put(body, 40, 0x7ffe_0000);
        Put(body, 48, 0xb2);
        Put(body, 52, 0xf1);
        Put(body, 64, 0x604);
        Put(body, 76, 0x608);
        Put(body, 112, (1 << 10) | (1 << 8));
        Put(body, 116, 0x0100_0801);
        Put(body, 120, 0xcf9);
        Put(body, 128, 0x0f);
        var firmware = new TestFirmware();
        ulong fadt = firmware.Add("FACP", body);
        var old = new FixedDescription(new AcpiTables(firmware, firmware.Root(true, fadt)));
        Assert.Equal(0x7ffe_0000UL, old.DsdtAddress);
        Assert.True(old.ControlA.IsPort);
        Assert.Equal(0x604, old.ControlA.Port);
        Assert.False(old.ControlB.IsPresent);
        Assert.Equal(0x608, old.PowerTimer.Port);
        Assert.True(old.IsPowerTimerLong);
        Assert.Equal(0xcf9, old.Reset.Port);
        Assert.Equal(0x0f, old.ResetValue);
        Assert.Equal((0xb2, 0xf1), (old.EnableCommandPort, old.EnableCommand));

        Put(body, 140, 0x1234_0000);
        Put(body, 172, 0x0001_1001);
        Put(body, 176, 0xb004);
        var extended = new TestFirmware();
        var described = new FixedDescription(new AcpiTables(extended, extended.Root(true, extended.Add("FACP", body))));
        Assert.Equal(0x1234_0000UL, described.DsdtAddress);
        Assert.Equal(0xb004, described.ControlA.Port);
    }

    [Fact]
    public void AnOldShortDescription_HasNoReset()
    {
        byte[] body = new byte[116 - AcpiTables.HeaderSize];
        Put(body, 64, 0xb004);
        Put(body, 112, 1 << 10);
        var firmware = new TestFirmware();
        var description =
            new FixedDescription(new AcpiTables(firmware, firmware.Root(false, firmware.Add("FACP", body))));
        Assert.Equal(0xb004, description.ControlA.Port);
        Assert.False(description.Reset.IsPresent);
        Assert.Equal(0UL, description.DsdtAddress);
    }

    public static TheoryData<byte[], bool, int, int> SleepPackages => new()
    {
        { s_qemuS5, true, 0, 0 },
        { [0x08, 0x5c, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x07, 0x02, 0x0a, 0x05, 0x0a, 0x07], true, 5, 7 },
        { [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x4a, 0x00, 0x04, 0x0b, 0x05, 0x00, 0x01, 0, 0], true, 5, 1 },
        { [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x04, 0x01, 0x0a, 0x06], true, 6, 0 },
        { [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x04, 0x01], false, 0, 0 },
        { [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12], false, 0, 0 },
        { [0x5f, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x06, 0x04, 0, 0, 0, 0], false, 0, 0 },
        { [0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x06, 0x02, 0x0d, 0, 0, 0], false, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(SleepPackages))]
    public void SleepState_IsFoundByItsBytes(byte[] code, bool isKnown, int typeA, int typeB)
    {
        byte[] dsdt = [.. new byte[AcpiTables.HeaderSize], 0x10, 0x20, .. code];
        SleepState state = SleepState.Find(dsdt);
        Assert.Equal((isKnown, typeA, typeB), (state.IsKnown, (int)state.TypeA, (int)state.TypeB));
    }

    [Fact]
    public void SleepState_IsLookedForInEveryTable()
    {
        var firmware = new TestFirmware();
        ulong dsdt = firmware.Add("DSDT", [1, 2, 3, 4]);
        byte[] body = new byte[116 - AcpiTables.HeaderSize];
        Put(body, 40, (uint)dsdt);
        byte[] root = firmware.Root(
            true, firmware.Add("FACP", body), firmware.Add("SSDT", [9]), firmware.Add("SSDT", [0, .. s_qemuS5]));
        var tables = new AcpiTables(firmware, root);
        Assert.True(SleepState.FindPowerOff(tables, new FixedDescription(tables)).IsKnown);
    }

    [Fact]
    public void NoTableWhatever_StopsTheBoot()
    {
        // Bytes at random, sums put right, so that the readers get to see them.
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var firmware = new TestFirmware();
            var addresses = new List<ulong>();
            foreach (string signature in (string[])["APIC", "FACP", "DSDT", "SSDT"])
            {
                byte[] body = new byte[random.Next(0, 400)];
                random.NextBytes(body);
                if (random.Next(2) == 0 && body.Length > 60)
                {
                    s_qemuS5.AsSpan(0, random.Next(s_qemuS5.Length)).CopyTo(body.AsSpan(random.Next(40)));
                }

                ulong address = firmware.Add(signature, body);
                if (random.Next(3) == 0)
                {
                    byte[] bytes = firmware.Bytes(address);
                    bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);
                    TestFirmware.FixSum(bytes);
                }

                addresses.Add(address);
            }

            byte[] root = firmware.Root(random.Next(2) == 0, addresses.ToArray());
            if (random.Next(4) == 0)
            {
                root[random.Next(root.Length)]++;
            }

            var tables = new AcpiTables(firmware, root);
            var description = new FixedDescription(tables);
            var topology = new InterruptTopology(tables);
            _ = SleepState.FindPowerOff(tables, description);
            return topology.ProcessorCount <= InterruptTopology.MaximumProcessors;
        }).QuickCheckThrowOnFailure();
    }

    private static void Put(byte[] body, int offset, uint value) =>
        BitConverter.TryWriteBytes(body.AsSpan(offset - AcpiTables.HeaderSize), value);
}
