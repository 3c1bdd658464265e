// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Hypervisor.Simulated;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// A table of what a scenario's VMs are promised, had in the simulation and had on the board. The run fails where the
/// two differ by more than both together may differ from the promise.
/// </summary>
internal sealed class ShareTable(ShareScenario scenario, RunConsole console)
{
    private const double SimulatedSeconds = 20;

    /// <summary>
    /// Of a VM's part the hypervisor itself, and the console for our questions, may take so much where an instruction
    /// takes 4 ns.
    /// </summary>
    private const double HostPart = 0.02;

    /// <summary>
    /// The same on several processors, whose clock is this computer's: an exit costs what it costs here, also while
    /// something else runs here.
    /// </summary>
    private const double HostPartByTheClock = 0.4;

    /// <summary>A woken vCPU takes the processor from one that is so much ahead, in us; see ARCHITECTURE.md.</summary>
    private const double Preemption = 1000;

    private const double Slice = 10_000;

    private static readonly string[] s_heads = ["promised", "simulated", "measured", "apart", "at most"];

    private bool _isGood = true;

    public void Judge(ShareResult[] measured, double seconds)
    {
        ShareResult[] simulated = ShareSimulation.Run(scenario, SimulatedSeconds);
        double[] promised = scenario.Promised();
        double sum = Sum(measured);
        bool isExact = scenario.Processors == 1;

        // By the clock only what they have of what all of them have is known well.
        double scale = isExact ? 1 : Sum(simulated) / sum;
        Row($"percent of a processor, of {scenario.Processors}", s_heads);
        for (int index = 0; index < scenario.Vms.Length; index++)
        {
            ShareVm vm = scenario.Vms[index];
            if (vm.IsBusy)
            {
                double most = scenario.Bound(vm, seconds) + scenario.Bound(vm, SimulatedSeconds)
                    + (isExact ? HostPart * promised[index] : 0);
                Compare(Describe(vm), promised[index], simulated[index].Part, scale * measured[index].Part, most);
            }
        }

        double all = 100 * scenario.Processors;
        Compare("all together", all, Sum(simulated), sum, all * (isExact ? HostPart : HostPartByTheClock));
        CompareDelays(simulated, measured);
        if (!_isGood)
        {
            throw new RunFailure("the simulation and the board do not agree\n" + console.Report);
        }
    }

    private double Sum(ShareResult[] results)
    {
        double sum = 0;
        for (int index = 0; index < results.Length; index++)
        {
            sum += scenario.Vms[index].IsBusy ? results[index].Part : 0;
        }

        return sum;
    }

    private void CompareDelays(ShareResult[] simulated, ShareResult[] measured)
    {
        for (int index = 0; index < measured.Length; index++)
        {
            if (measured[index].Delays is { } delays)
            {
                WakeDelays expected = simulated[index].Delays!;
                double promised = scenario.LongestDelay;
                Row($"{scenario.Vms[index].Name}: us after it was to wake", s_heads);
                Compare("mean", promised, expected.Mean, delays.Mean, Preemption);
                Compare("nine of ten", promised, expected.NinetyPercent, delays.NinetyPercent, Preemption);
                Compare("longest", promised, expected.Longest, delays.Longest, Slice);
                _isGood &= delays.Longest <= promised;
            }
        }
    }

    private void Compare(string name, double promised, double simulated, double measured, double most)
    {
        double apart = Math.Abs(measured - simulated);
        bool isWithin = apart <= most;
        string mark = isWithin ? "" : "  <- too far";
        Row(name, [Text(promised), Text(simulated), Text(measured), Text(apart), Text(most)], mark);
        _isGood &= isWithin;
    }

    private static string Describe(ShareVm vm)
    {
        string text = $"{vm.Name}: weight {vm.Weight}";
        text += vm.Cap == 0 ? "" : $", cap {vm.Cap}";
        text += vm.Reserve == 0 ? "" : $", reserve {vm.Reserve}";
        text += vm.Cpus == 1 ? "" : $", {vm.Cpus} vCPUs";
        return text;
    }

    private static string Text(double value) => value.ToString("F2", CultureInfo.InvariantCulture);

    private void Row(string name, string[] cells, string mark = "")
    {
        _ = console.Report.Append($"      {name,-34}");
        foreach (string cell in cells)
        {
            _ = console.Report.Append(cell.PadLeft(11));
        }

        _ = console.Report.Append(mark).Append('\n');
    }
}
