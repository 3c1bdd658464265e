// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The host flavour has no image of its own.</summary>
public readonly struct BootLayout
{
    public const ulong GuardSize = 4096;
}
