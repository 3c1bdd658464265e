// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>The local APIC with registers in memory and 8-bit identifiers (Intel SDM volume 3, 10.4).</summary>
public sealed class XApic : LocalApic
{
    /// <summary>Bytes of its registers.</summary>
    public const ulong Length = 0x400;

    private const uint DeliveryPending = 1 << 12;
    private const int Patience = 1_000_000;

    private readonly RegisterBlock _registers;

    public XApic(HostVirtual registers)
    {
        Registers = registers;
        _registers = new RegisterBlock(registers, Length);
    }

    /// <summary>Where the registers are mapped.</summary>
    public HostVirtual Registers { get; }

    /// <summary>0xff is all of them.</summary>
    public override bool CanReach(uint apicId) => apicId < 0xff;

    public override uint Id => Read(ApicRegister.Id) >> 24;

    protected override uint Read(ApicRegister register) => _registers.Read32((ulong)register << 4);

    protected override void Write(ApicRegister register, uint value) => _registers.Write32((ulong)register << 4, value);

    protected override void SendCommand(uint apicId, uint command)
    {
        // The two halves belong together: no interrupt handler may send one in between.
        bool interruptsWereOn = Instructions.SaveAndDisableInterrupts();
        Write(ApicRegister.CommandHigh, apicId << 24);
        Write(ApicRegister.Command, command);
        for (int tries = 0; tries < Patience && (Read(ApicRegister.Command) & DeliveryPending) != 0; tries++)
        {
            Instructions.Pause();
        }

        Instructions.RestoreInterrupts(interruptsWereOn);
    }

    protected override void SendToOthers(uint command) => Write(ApicRegister.Command, command);

    protected override void SwitchOn()
    {
        var basis = new ApicBase(Instructions.ReadMsr(Msr.ApicBase));
        if (!basis.Enable)
        {
            Instructions.WriteMsr(Msr.ApicBase, (basis with { Enable = true }).Value);
        }
    }

    /// <summary>
    /// An MSR write is not ordered behind a store to memory by itself (Intel SDM volume 3, 10.5.4.1):
    /// reading the register back orders it.
    /// </summary>
    protected override void OrderBeforeMsr() => _ = Read(ApicRegister.Timer);
}
