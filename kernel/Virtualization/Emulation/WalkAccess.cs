// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>What a translation is for.</summary>
internal enum WalkAccess : byte
{
    Read,
    Write,
    Fetch,
}
