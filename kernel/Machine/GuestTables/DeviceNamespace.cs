// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;

namespace Hypervisor.Machine.GuestTables;

/// <summary>The devices that a guest cannot find by itself, in AML: the DSDT's content.</summary>
internal static class DeviceNamespace
{
    private const int PciSlots = 32;
    private const int PciPins = 4;
    private const ulong AllFunctions = 0xFFFF;

    public static void Write(ByteWriter bytes, int processors)
    {
        var aml = new AmlWriter(bytes);
        WriteSleepState(aml);
        int scope = aml.BeginScope("_SB_");
        WriteProcessors(aml, processors);
        WritePciRoot(aml);
        WriteReservations(aml);
        WriteIsaDevice(aml, "COM1", "PNP0501", new ResourceWriter().Ports(PcLayout.Com1Port, 8).Irq(PcLayout.Com1Irq));
        WriteIsaDevice(aml, "RTC_", "PNP0B00", new ResourceWriter().Ports(PcLayout.RtcPort, 2).Irq(PcLayout.RtcIrq));
        aml.End(scope);
    }

    /// <summary>\_S5: what to write to the PM1 control registers to switch the power off.</summary>
    private static void WriteSleepState(AmlWriter aml)
    {
        int package = aml.Name("_S5_").BeginPackage(4);
        aml.Integer(PcLayout.SleepTypeS5);
        aml.Integer(PcLayout.SleepTypeS5);
        aml.Integer(0);
        aml.Integer(0);
        aml.End(package);
    }

    private static void WriteProcessors(AmlWriter aml, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string name = new TextBuilder().Append("CP").Append((char)('0' + (i / 10))).Append((char)('0' + (i % 10)))
                .ToString();
            int device = aml.BeginDevice(name);
            aml.Name("_HID").Text("ACPI0007");
            aml.Name("_UID").Integer((ulong)i);
            aml.End(device);
        }
    }

    private static void WritePciRoot(AmlWriter aml)
    {
        int device = aml.BeginDevice("PCI0");
        aml.Name("_HID").EisaId("PNP0A08");
        aml.Name("_CID").EisaId("PNP0A03");
        aml.Name("_UID").Integer(0);
        aml.Name("_SEG").Integer(0);
        aml.Name("_BBN").Integer(0);
        const uint Memory = (uint)PcLayout.PciMemoryBase;
        aml.Name("_CRS").Resources(new ResourceWriter()
            .Buses(0, PcLayout.EcamBusCount - 1)
            .Ports(PcLayout.PciConfigAddressPort, 8)
            .PortWindow(0, PcLayout.PciConfigAddressPort - 1)
            .PortWindow(PcLayout.PciConfigAddressPort + 8, ushort.MaxValue)
            .MemoryWindow(Memory, Memory + (uint)PcLayout.PciMemoryLength - 1));
        int table = aml.Name("_PRT").BeginPackage(PciSlots * PciPins);
        for (int i = 0; i < PciSlots * PciPins; i++)
        {
            WriteRoute(aml, i / PciPins, i % PciPins);
        }

        aml.End(table);
        aml.End(device);
    }

    /// <summary>One line of the routing table: INTA# to INTD# of a slot, swizzled over the inputs for PCI.</summary>
    private static void WriteRoute(AmlWriter aml, int slot, int pin)
    {
        int package = aml.BeginPackage(4);
        aml.Integer(((ulong)slot << 16) | AllFunctions);
        aml.Integer((ulong)pin);
        aml.Integer(0);
        aml.Integer((ulong)(PcLayout.PciFirstGsi + ((slot + pin) % PcLayout.PciGsiCount)));
        aml.End(package);
    }

    /// <summary>What no other device claims and nothing else may take.</summary>
    private static void WriteReservations(AmlWriter aml)
    {
        int device = aml.BeginDevice("MBRD");
        aml.Name("_HID").EisaId("PNP0C02");
        aml.Name("_UID").Integer(0);
        aml.Name("_CRS").Resources(new ResourceWriter()
            .FixedMemory((uint)PcLayout.EcamBase, (uint)PcLayout.EcamLength)
            .Ports(PcLayout.Pm1EventPort, PcLayout.Gpe0Port + PcLayout.Gpe0Length - PcLayout.Pm1EventPort));
        aml.End(device);
    }

    private static void WriteIsaDevice(AmlWriter aml, string name, string id, ResourceWriter resources)
    {
        int device = aml.BeginDevice(name);
        aml.Name("_HID").EisaId(id);
        aml.Name("_UID").Integer(1);
        aml.Name("_CRS").Resources(resources);
        aml.End(device);
    }
}
