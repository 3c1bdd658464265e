// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Pci;

/// <summary>What a function says it is.</summary>
public readonly struct PciIdentity
{
    public readonly ushort VendorId;
    public readonly ushort DeviceId;

    /// <summary>Base class, subclass and programming interface, from bit 23 down.</summary>
    public readonly uint ClassCode;
    public readonly byte Revision;
    public readonly ushort SubsystemVendorId;
    public readonly ushort SubsystemId;

    public PciIdentity(
        ushort vendorId,
        ushort deviceId,
        uint classCode,
        byte revision = 0,
        ushort subsystemVendorId = 0,
        ushort subsystemId = 0)
    {
        VendorId = vendorId;
        DeviceId = deviceId;
        ClassCode = classCode;
        Revision = revision;
        SubsystemVendorId = subsystemVendorId;
        SubsystemId = subsystemId;
    }
}
