// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Pci;

/// <summary>A PCI function's configuration space.</summary>
public struct PciFunctionState
{
    /// <summary>The 256 bytes that every function has; the extended space beyond reads as zeros.</summary>
    public byte[] Configuration;
}
