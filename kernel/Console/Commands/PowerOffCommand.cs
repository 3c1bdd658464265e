// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Ends everything: stop every VM and switch the machine off.</summary>
internal sealed class PowerOffCommand : Command
{
    public override string Name => "poweroff";

    public override string Arguments => "[force]";

    public override string Summary => "stop every VM and switch the machine off; force waits for none";

    public override void Run(Monitor monitor, CommandLine line) =>
        monitor.EndHost(reboot: false, this, line);
}
