// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Shows a VM's counters, or the hypervisor's.</summary>
internal sealed class StatsCommand : Command
{
    public override string Name => "stats";

    public override string Arguments => "[NAME | host] [-j]";

    public override string Summary => "counters: exits by kind, injections, allocations after start";

    public override void Run(Monitor monitor, CommandLine line)
    {
        RecordWriter records = monitor.Records;
        records.Layout = line.IsJson ? RecordLayout.Json : RecordLayout.List;
        if (line.Is(1, "host"))
        {
            records.Begin();
            monitor.Host.Count(records);
            records.End();
        }
        else if (monitor.FindGuest(line, 1) is { } guest)
        {
            records.Begin();
            guest.Count(records);
            records.End();
        }
    }
}
