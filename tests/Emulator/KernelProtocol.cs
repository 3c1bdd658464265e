// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>The ways to start our test guests, whose file has a header for each.</summary>
internal enum KernelProtocol
{
    Pvh,
    Multiboot1,
    Multiboot2,
}
