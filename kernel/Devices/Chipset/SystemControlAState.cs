// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>Port 0x92 as it reads.</summary>
public struct SystemControlAState
{
    public byte Value;
}
