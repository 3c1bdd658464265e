// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>The host flavour has no image of its own.</summary>
public readonly struct BootLayout
{
    public const ulong GuardSize = 4096;
}
