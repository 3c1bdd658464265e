// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>LVT timer register, bits 18:17.</summary>
public enum ApicTimerMode : byte
{
    OneShot = 0,
    Periodic = 1,
    TscDeadline = 2,
    Reserved = 3,
}
