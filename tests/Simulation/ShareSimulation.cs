// SPDX-License-Identifier: MIT
using System.Linq;
using Hypervisor.Platform;

namespace Hypervisor.Simulated;

/// <summary>Runs a <see cref="ShareScenario"/> in the simulation.</summary>
internal static class ShareSimulation
{
    private const ulong Second = 1_000_000_000;

    /// <summary>What a VM does that has woken.</summary>
    private const ulong WorkNanoseconds = 20_000;

    public static ShareResult[] Run(ShareScenario scenario, double seconds)
    {
        using var simulation = new Simulation(scenario.Processors, 1);
        SimulatedVm[] vms = [.. scenario.Vms.Select(vm => Start(simulation, vm))];
        simulation.RunFor(Second);
        ulong[] before = [.. vms.Select(static vm => vm.Ran)];
        foreach (SimulatedCpu cpu in simulation.Cpus)
        {
            cpu.Delays.Clear();
        }

        ulong begin = simulation.Now;
        simulation.RunFor((ulong)(seconds * Second));
        double time = simulation.Now - begin;
        return [.. vms.Select((vm, index) => ResultOf(vm, (vm.Ran - before[index]) * 100 / time))];
    }

    private static SimulatedVm Start(Simulation simulation, ShareVm scenario)
    {
        var vm = new SimulatedVm(scenario.Weight, scenario.Cap, scenario.Reserve);
        for (int cpu = 0; cpu < scenario.Cpus; cpu++)
        {
            _ = simulation.Start(new SimulatedCpu(vm, scenario.Cpus)
            {
                Burst = scenario.IsBusy ? 0 : WorkNanoseconds,
                Pause = (ulong)scenario.SleepMicroseconds * 1000,
                IsRegular = true,
            });
        }

        return vm;
    }

    private static ShareResult ResultOf(SimulatedVm vm, double part) =>
        new(part, vm.Cpus[0].IsBusy ? null : WakeDelays.Of(vm.Cpus[0].Delays));
}
