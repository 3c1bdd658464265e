// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>Interrupt command register, bits 19:18: who is meant without naming a destination.</summary>
public enum ApicShorthand : byte
{
    None = 0,
    Self = 1,
    AllIncludingSelf = 2,
    AllExcludingSelf = 3,
}
