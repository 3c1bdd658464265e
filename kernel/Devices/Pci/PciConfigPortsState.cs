// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Pci;

/// <summary>CONFIG_ADDRESS.</summary>
public struct PciConfigPortsState
{
    public uint Address;
}
