// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Pci;

/// <summary>Offsets in the type 0 configuration header (PCI Local Bus specification 3.0, section 6.1).</summary>
public static class PciRegister
{
    public const int VendorId = 0x00;
    public const int DeviceId = 0x02;
    public const int Command = 0x04;
    public const int Status = 0x06;
    public const int RevisionId = 0x08;
    public const int ProgrammingInterface = 0x09;
    public const int Subclass = 0x0A;
    public const int BaseClass = 0x0B;
    public const int HeaderType = 0x0E;
    public const int FirstBar = 0x10;
    public const int SubsystemVendorId = 0x2C;
    public const int SubsystemId = 0x2E;
    public const int CapabilitiesPointer = 0x34;
    public const int InterruptLine = 0x3C;
    public const int InterruptPin = 0x3D;

    public const int BarCount = 6;
    public const int BarSize = 4;
    public const int HeaderSize = 0x40;
    public const int ConfigurationSize = 0x100;
    public const int ExtendedConfigurationSize = 0x1000;
}
