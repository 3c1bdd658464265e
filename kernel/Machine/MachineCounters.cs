// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Machine;

/// <summary>
/// What a running VM has counted, copied out of it: whoever shows it may be switched away from as often as it likes,
/// and the VM may end meanwhile.
/// </summary>
public sealed class MachineCounters
{
    private readonly ulong[] _exits = new ulong[(int)ExitKind.Count];

    public ulong Exits { get; private set; }

    public ulong Injected { get; private set; }

    public ulong PortMisses { get; private set; }

    public ulong MemoryMisses { get; private set; }

    /// <summary>Exits of one kind, of all vCPUs.</summary>
    public ulong Of(ExitKind kind) => _exits[(int)kind];

    /// <summary>
    /// Copies the counters of the VM in <paramref name="slot"/>; false where there is none. Interrupts are off
    /// meanwhile: as long as they are, nobody takes the processor to reap the VM. A fault here is the calling task's
    /// own.
    /// </summary>
    public bool TryTake(MachineSlot slot)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        VirtualMachine? machine = slot.Machine;
        if (machine != null)
        {
            FaultInjector.Pass(FaultSite.ConsoleCounters);
            Take(machine);
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
        return machine != null;
    }

    private void Take(VirtualMachine machine)
    {
        Exits = 0;
        Injected = 0;
        for (int kind = 0; kind < _exits.Length; kind++)
        {
            _exits[kind] = 0;
        }

        foreach (VirtualCpu cpu in machine.Cpus)
        {
            ExitStatistics statistics = cpu.Statistics;
            Injected += statistics.Injected;
            for (int kind = 0; kind < _exits.Length; kind++)
            {
                _exits[kind] += statistics[(ExitKind)kind];
                Exits += statistics[(ExitKind)kind];
            }
        }

        PortMisses = machine.Chipset.Ports.Misses;
        MemoryMisses = machine.Chipset.Mmio.Misses;
    }
}
