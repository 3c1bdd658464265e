// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Ends everything: stop every VM and start the machine anew.</summary>
internal sealed class RebootCommand : Command
{
    public override string Name => "reboot";

    public override string Arguments => "[force]";

    public override string Summary => "stop every VM and start the machine anew; force waits for none";

    public override void Run(Monitor monitor, CommandLine line) =>
        monitor.EndHost(reboot: true, this, line);
}
