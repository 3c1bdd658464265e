// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Ends a VM at once and builds it anew.</summary>
internal sealed class RestartCommand : Command
{
    public override string Name => "restart";

    public override string Arguments => "[NAME]";

    public override string Summary => "switch a VM off and start it anew";

    public override void Run(Monitor monitor, CommandLine line) => monitor.FindGuest(line, 1)?.Restart();
}
