// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Tells what is known of a VM or of the machine.</summary>
internal sealed class InfoCommand : Command
{
    public override string Name => "info";

    public override string Arguments => "[NAME | host] [-j]";

    public override string Summary => "what a VM has and how it last ended, or what the machine is";

    public override void Run(Monitor monitor, CommandLine line)
    {
        RecordWriter records = monitor.Records;
        records.Layout = line.IsJson ? RecordLayout.Json : RecordLayout.List;
        if (line.Is(1, "host"))
        {
            records.Begin();
            monitor.Host.Describe(records);
            records.End();
        }
        else if (monitor.FindGuest(line, 1) is { } guest)
        {
            records.Begin();
            guest.Describe(records);
            records.End();
        }
    }
}
