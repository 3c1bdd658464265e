// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Machine;

namespace Hypervisor.Console.Commands;

/// <summary>Shows what has happened to the VMs, and when.</summary>
internal sealed class EventsCommand : Command
{
    private const int EventsUnlessTold = 20;

    public override string Name => "events";

    public override string Arguments => "[COUNT] [-j]";

    public override string Summary => "what has happened to the VMs, in seconds since the host has booted";

    public override void Run(Monitor monitor, CommandLine line)
    {
        int count = EventsUnlessTold;
        if (line.Count > 1 && !line.TryNumber(1, out count))
        {
            _ = monitor.Writer.Text("'").Raw(line[1]).Text("' is not a number of events").Line();
            return;
        }

        MachineHistory history = monitor.Host.History;
        RecordWriter records = monitor.Records;
        records.Layout = line.IsJson ? RecordLayout.Json : RecordLayout.Table;
        long next = history.Next;
        for (long number = Math.Max(next - Math.Min(count, MachineHistory.Capacity), 0); number < next; number++)
        {
            if (history.TryRead(number, out MachineEvent found))
            {
                records.Begin();
                records.Duration("time", found.Moment, 16);
                records.Name(found.Machine, 20);
                records.Text("event", found.What, 20);
                records.Text("why", found.Detail);
                records.End();
            }
        }
    }
}
