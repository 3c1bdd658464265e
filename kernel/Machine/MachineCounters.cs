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

    /// <summary>For how many ticks of the host's counter its vCPUs have run.</summary>
    public ulong Ticks { get; private set; }

    /// <summary>What its vCPUs have had of the processors, in the slices that are over.</summary>
    public RunStatistics Run { get; private set; }

    /// <summary>Which of the slot's VMs it was: they begin one after the other.</summary>
    public ulong StartedAt { get; private set; }

    /// <summary>Exits of one kind, of all vCPUs.</summary>
    public ulong Of(ExitKind kind) => _exits[(int)kind];

    /// <summary>
    /// Copies the counters of the VM in <paramref name="slot"/>; false where there is none. A fault here is the calling
    /// task's own.
    /// </summary>
    public bool TryTake(MachineSlot slot)
    {
        bool interruptsWereOn = CurrentProcessor.DisableInterrupts();
        bool isThere = slot.TryHold(out VirtualMachine? machine);
        if (isThere)
        {
            FaultInjector.Pass(FaultSite.ConsoleCounters);
            Take(machine!);
            StartedAt = slot.StartedAt;
            Count(slot);
            slot.LetGo();
        }

        CurrentProcessor.RestoreInterrupts(interruptsWereOn);
        return isThere;
    }

    private void Count(MachineSlot slot)
    {
        Ticks = 0;
        RunStatistics run = default;
        foreach (Scheduling.VirtualCpuTask task in slot.Tasks)
        {
            Ticks += task.Ticks;
            run.Add(in task.Statistics);
        }

        Run = run;
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
