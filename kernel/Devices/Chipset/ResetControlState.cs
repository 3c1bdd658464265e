// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The reset control register as it reads.</summary>
public struct ResetControlState
{
    public byte Value;
}
