// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// The interrupt from processor to processor. Most of what it is for is done by its coming: a guest is left, a halt
/// ends, and who was interrupted looks at what was posted.
/// </summary>
public sealed class KickInterrupt : InterruptHandler
{
    public override void Invoke() => Tlb.Serve();
}
