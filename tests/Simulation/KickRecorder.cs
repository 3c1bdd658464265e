// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>
/// The local APICs of simulated processors: only interrupts between processors, told to the simulation of this thread.
/// </summary>
internal sealed class KickRecorder : LocalApic
{
    /// <summary>Is told the processor that is interrupted.</summary>
    [field: ThreadStatic]
    public static Action<uint>? Kicked { get; set; }

    public override uint Id => 0;

    public override bool CanReach(uint apicId) => true;

    protected override void SendToOthers(uint command)
    {
    }

    protected override uint Read(ApicRegister register) => 0;

    protected override void Write(ApicRegister register, uint value)
    {
    }

    protected override void SendCommand(uint apicId, uint command) => Kicked?.Invoke(apicId);

    protected override void SwitchOn()
    {
    }

    protected override void OrderBeforeMsr()
    {
    }
}
