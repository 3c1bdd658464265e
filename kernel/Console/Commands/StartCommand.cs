// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Starts a VM that is stopped.</summary>
internal sealed class StartCommand : Command
{
    public override string Name => "start";

    public override string Arguments => "[NAME]";

    public override string Summary => "start a VM: one that is stopped, created or paused, or after its stop";

    public override void Run(Monitor monitor, CommandLine line)
    {
        if (monitor.FindGuest(line, 1) is not { } guest)
        {
            return;
        }

        if (guest.IsRunning && !guest.IsPaused && !guest.IsStopping)
        {
            _ = monitor.Writer.Text(guest.Name).Text(" is running").Line();
            return;
        }

        guest.Start();
    }
}
