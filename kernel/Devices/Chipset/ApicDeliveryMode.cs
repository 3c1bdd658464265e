// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>
/// How an interrupt message acts on its target: the field of the ICR, the LVT and redirection entries.
/// </summary>
public enum ApicDeliveryMode : byte
{
    Fixed = 0,
    LowestPriority = 1,
    SystemManagement = 2,
    Reserved = 3,
    Nmi = 4,
    Init = 5,
    StartUp = 6,
    External = 7,
}
