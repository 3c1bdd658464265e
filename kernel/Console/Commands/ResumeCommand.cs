// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Lets a VM go on that was paused.</summary>
internal sealed class ResumeCommand : Command
{
    public override string Name => "resume";

    public override string Arguments => "[NAME]";

    public override string Summary => "let a paused VM go on";

    public override void Run(Monitor monitor, CommandLine line)
    {
        if (monitor.FindGuest(line, 1) is not { } guest)
        {
            return;
        }

        if (!guest.IsRunning)
        {
            _ = monitor.Writer.Text(guest.Name).Text(" is not running").Line();
            return;
        }

        guest.Resume();
    }
}
