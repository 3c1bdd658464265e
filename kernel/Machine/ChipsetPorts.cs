// SPDX-License-Identifier: MIT
using Hypervisor.Devices;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>The way from an exit to the board.</summary>
internal sealed class ChipsetPorts : MachinePorts
{
    private readonly PcChipset _chipset;
    private readonly MachineControl _control;

    public ChipsetPorts(PcChipset chipset, MachineControl control)
    {
        _chipset = chipset;
        _control = control;
    }

    public override uint ReadPort(VirtualCpu cpu, ushort port, int size) => _chipset.Ports.Read(port, size);

    public override void WritePort(VirtualCpu cpu, ushort port, int size, uint value) =>
        _chipset.Ports.Write(port, size, value);

    public override ulong ReadMmio(VirtualCpu cpu, GuestPhysical address, int size) =>
        _chipset.ReadMmio(cpu.Index, address, size);

    public override void WriteMmio(VirtualCpu cpu, GuestPhysical address, int size, ulong value) =>
        _chipset.WriteMmio(cpu.Index, address, size, value);

    public override bool TryReadMsr(VirtualCpu cpu, uint index, out ulong value) =>
        _chipset.TryReadMsr(cpu.Index, index, out value);

    public override bool TryWriteMsr(VirtualCpu cpu, uint index, ulong value) =>
        _chipset.TryWriteMsr(cpu.Index, index, value);

    public override ulong Hypercall(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3) =>
        _chipset.Hypercall(cpu, number, a0, a1, a2, a3);

    /// <summary>On a PC the chipset answers a processor's shutdown cycle with a reset.</summary>
    public override void TripleFault(VirtualCpu cpu) => _control.Reset();
}
