// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// Tells all other processors that translations are gone, and waits until they have said so. Platform implements it.
/// </summary>
public abstract class TlbShootdown
{
    /// <summary>See <see cref="Tlb.Invalidate"/>.</summary>
    public abstract void Invalidate(HostVirtual start, ulong length, ulong pageSize);
}
