// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>What was written to the ports last.</summary>
public struct ScratchPortsState
{
    public byte[] Values;
}
