// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Lists the VMs; it goes by two names.</summary>
internal sealed class VmsCommand : Command
{
    public VmsCommand(string name)
    {
        Name = name;
    }

    public override string Name { get; }

    public override string Arguments => "[-j]";

    public override string Summary => "list the VMs and where they stand";

    public override void Run(Monitor monitor, CommandLine line)
    {
        RecordWriter records = monitor.Records;
        records.Layout = line.IsJson ? RecordLayout.Json : RecordLayout.Table;
        records.IsHeader = !line.IsJson && monitor.Guests.Length > 0;
        if (records.IsHeader)
        {
            Write(records, monitor.Guests[0]);
            records.IsHeader = false;
        }

        foreach (GuestControls guest in monitor.Guests)
        {
            Write(records, guest);
        }

        if (monitor.Guests.Length == 0 && !line.IsJson)
        {
            _ = monitor.Writer.Text("there is no VM").Line();
        }
    }

    private static void Write(RecordWriter records, GuestControls guest)
    {
        records.Begin();
        guest.Summarize(records);
        records.End();
    }
}
