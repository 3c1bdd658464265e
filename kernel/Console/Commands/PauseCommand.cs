// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Has a VM stand still.</summary>
internal sealed class PauseCommand : Command
{
    public override string Name => "pause";

    public override string Arguments => "[NAME]";

    public override string Summary => "have a VM stand still, its time too";

    public override void Run(Monitor monitor, CommandLine line)
    {
        if (monitor.FindGuest(line, 1) is not { } guest)
        {
            return;
        }

        if (!guest.IsRunning || guest.IsPaused)
        {
            _ = monitor.Writer.Text(guest.Name).Text(guest.IsPaused ? " stands still" : " is not running").Line();
            return;
        }

        guest.Pause();
    }
}
