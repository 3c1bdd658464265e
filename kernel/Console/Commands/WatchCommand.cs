// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Shows what several VMs say.</summary>
internal sealed class WatchCommand : Command
{
    public override string Name => "watch";

    public override string Arguments => "[NAME...] [-j]";

    public override string Summary => "what VMs say (without names: all), until Ctrl-]";

    public override void Run(Monitor monitor, CommandLine line)
    {
        monitor.Watch.Choose(line.Count < 2);
        for (int word = 1; word < line.Count; word++)
        {
            if (monitor.FindGuest(line, word) is not { } guest)
            {
                return;
            }

            monitor.Watch.Choose(guest);
        }

        monitor.ShowWatch(line.IsJson);
    }
}
