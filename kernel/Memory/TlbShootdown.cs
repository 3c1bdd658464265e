// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>
/// Interrupts all other processors, so that they call <see cref="Tlb.Serve"/>. Platform implements it.
/// </summary>
public abstract class TlbShootdown
{
    public abstract void InterruptOthers();
}
