// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Stops a VM: by its power button, or by force.</summary>
internal sealed class StopCommand : Command
{
    private const string Force = "force";

    public override string Name => "stop";

    public override string Arguments => "[NAME] [force]";

    public override string Summary => "press a VM's power button, or switch it off";

    public override void Run(Monitor monitor, CommandLine line)
    {
        bool force = line.Count > 1 && (line.Is(line.Count - 1, Force) || line.Is(line.Count - 1, "-f"));
        if (line.Count > 2 && !force)
        {
            monitor.SayUsage(this, line[2]);
            return;
        }

        bool isUnnamed = force && line.Count == 2 && monitor.Guests.Length == 1;
        GuestControls? guest = isUnnamed ? monitor.Guests[0] : monitor.FindGuest(line, 1);
        if (guest == null)
        {
            return;
        }

        // One that waits to be started again is not at rest either: this ends the waiting.
        if (guest.IsAtRest)
        {
            _ = monitor.Writer.Text(guest.Name).Text(" is not running").Line();
        }
        else if (force)
        {
            guest.ForceStop();
        }
        else
        {
            PressButton(monitor, guest);
        }
    }

    /// <summary>What the guest does about it may take a while: so much can be said at once.</summary>
    private static void PressButton(Monitor monitor, GuestControls guest)
    {
        if (guest.IsRunning)
        {
            _ = monitor.Writer.Text(guest.Name).Text(": power button pressed").Line();
        }

        guest.Stop();
    }
}
