// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Hypervisor.Simulated;
using Xunit;

namespace Hypervisor.Unit.Machine.Scheduling;

/// <summary>
/// The scenarios of <c>./build.sh bench</c>: what is promised is what weights, caps and reserves say, and the scheduler
/// keeps it in the simulation.
/// </summary>
public sealed class ShareScenarioTests
{
    private const double Seconds = 10;

    public static TheoryData<string> Names => [.. ShareScenario.All.Select(static scenario => scenario.Name)];

    [Fact]
    public void WhatIsPromised_FollowsFromWeightsCapsReservesAndVcpus()
    {
        ShareVm plain = new("plain");
        AssertPromised(1, [25, 75], plain, plain with { Weight = 300 });
        AssertPromised(1, [60, 40], plain, plain with { Weight = 700, Cap = 40 });
        AssertPromised(1, [40, 20, 40], plain with { Reserve = 40 }, plain, plain with { Weight = 200 });
        AssertPromised(2, [100, 50, 50], plain with { Weight = 1000 }, plain, plain);
        AssertPromised(2, [150, 50], plain with { Weight = 300, Cpus = 2 }, plain);
        AssertPromised(2, [100, 100], plain, plain with { Cpus = 4 });
        AssertPromised(1, [100, 0], plain, plain with { SleepMicroseconds = 1000 });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void InTheSimulation_EachVmHasWhatItIsPromised(string name)
    {
        ShareScenario scenario = ShareScenario.All.Single(scenario => scenario.Name == name);
        double[] promised = scenario.Promised();
        ShareResult[] had = ShareSimulation.Run(scenario, Seconds);
        double slack = 0.01;
        for (int index = 0; index < had.Length; index++)
        {
            ShareVm vm = scenario.Vms[index];
            double most = scenario.Bound(vm, Seconds) + (slack * promised[index]);
            Assert.True(
                !vm.IsBusy || Math.Abs(had[index].Part - promised[index]) <= most,
                $"{vm.Name}: {had[index].Part} of {promised[index]}, bound {most}");
            Assert.True(had[index].Delays == null || had[index].Delays!.Longest <= scenario.LongestDelay);
        }
    }

    private static void AssertPromised(int processors, double[] expected, params ShareVm[] vms)
    {
        double[] promised = new ShareScenario("test", processors, vms).Promised();
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index], promised[index], 0.001);
        }
    }
}
