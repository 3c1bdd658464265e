// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Makes a guest's serial line the console's.</summary>
internal sealed class AttachCommand : Command
{
    public override string Name => "attach";

    public override string Arguments => "[NAME]";

    public override string Summary => "talk to a VM over its serial port; Ctrl-] comes back";

    public override void Run(Monitor monitor, CommandLine line)
    {
        if (monitor.FindGuest(line, 1) is not { } guest)
        {
            return;
        }

        if (guest.IsAtRest && !guest.IsOver)
        {
            _ = monitor.Writer.Text(guest.Name).Text(" has not been started; 'start ").Text(guest.Name)
                .Text("' does").Line();
        }
        else
        {
            monitor.Attach(guest);
        }
    }
}
