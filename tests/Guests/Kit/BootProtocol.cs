// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>How a kernel was started.</summary>
internal enum BootProtocol
{
    Unknown,
    Pvh,
    Multiboot1,
    Multiboot2,
}
