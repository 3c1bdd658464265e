// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Platform.Acpi;

/// <summary>How tables of the firmware are reached: mapped by the kernel, or made up by a test.</summary>
public abstract class FirmwareMemory
{
    /// <summary>The bytes at a physical address; empty where there can be none.</summary>
    public abstract ReadOnlySpan<byte> Map(HostPhysical address, int length);
}
