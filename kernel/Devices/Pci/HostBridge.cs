// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Pci;

/// <summary>The host bridge at 00:00.0: guests look for it before they believe in the bus.</summary>
public sealed class HostBridge : PciFunction
{
    // Red Hat's "QEMU PCIe host bridge", which is for generic host bridges and known to every system.
    private const ushort RedHat = 0x1B36;
    private const ushort GenericHostBridge = 0x0008;
    private const uint HostBridgeClass = 0x06_0000;

    public HostBridge()
        : base("host-bridge", new PciIdentity(RedHat, GenericHostBridge, HostBridgeClass))
    {
    }
}
