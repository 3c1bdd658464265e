// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The local APIC with registers in MSRs and 32-bit identifiers (Intel SDM volume 3, 10.12; AMD APM volume 2, 16.9).
/// </summary>
public sealed class X2Apic : LocalApic
{
    /// <summary>All ones is all of them.</summary>
    public override bool CanReach(uint apicId) => apicId != uint.MaxValue;

    public override uint Id => Read(ApicRegister.Id);

    protected override uint Read(ApicRegister register) => (uint)Instructions.ReadMsr(MsrOf(register));

    protected override void Write(ApicRegister register, uint value) => Instructions.WriteMsr(MsrOf(register), value);

    protected override void SendCommand(uint apicId, uint command)
    {
        // The command must not overtake what this processor stored for the receiver.
        Instructions.FenceBeforeMsr();
        Instructions.WriteMsr(MsrOf(ApicRegister.Command), ((ulong)apicId << 32) | command);
    }

    protected override void SendToOthers(uint command) => Instructions.WriteMsr(MsrOf(ApicRegister.Command), command);

    protected override void SwitchOn()
    {
        var basis = new ApicBase(Instructions.ReadMsr(Msr.ApicBase));
        if (!basis.Enable)
        {
            // From "off" the way leads through the mode with registers in memory.
            basis = basis with { Enable = true };
            Instructions.WriteMsr(Msr.ApicBase, basis.Value);
        }

        if (!basis.X2ApicEnable)
        {
            Instructions.WriteMsr(Msr.ApicBase, (basis with { X2ApicEnable = true }).Value);
        }
    }

    /// <summary>Both are MSR writes; they stay in order.</summary>
    protected override void OrderBeforeMsr()
    {
    }

    private static uint MsrOf(ApicRegister register) => Msr.X2ApicFirst + (uint)register;
}
