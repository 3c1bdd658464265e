// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Builds a VM that stands still before its first instruction.</summary>
internal sealed class CreateCommand : Command
{
    public override string Name => "create";

    public override string Arguments => "[NAME]";

    public override string Summary => "build a VM without letting it run; start does that";

    public override void Run(Monitor monitor, CommandLine line)
    {
        if (monitor.FindGuest(line, 1) is not { } guest)
        {
            return;
        }

        if (guest.IsRunning && !guest.IsStopping)
        {
            _ = monitor.Writer.Text(guest.Name).Text(" is there already").Line();
            return;
        }

        guest.Create();
    }
}
