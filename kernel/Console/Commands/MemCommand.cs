// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Shows what the machine's memory is used for.</summary>
internal sealed class MemCommand : Command
{
    public override string Name => "mem";

    public override string Arguments => "[-j]";

    public override string Summary => "what the machine's memory is used for";

    public override void Run(Monitor monitor, CommandLine line)
    {
        RecordWriter records = monitor.Records;
        records.Layout = line.IsJson ? RecordLayout.Json : RecordLayout.List;
        records.Begin();
        monitor.Host.CountMemory(records);
        records.End();
    }
}
