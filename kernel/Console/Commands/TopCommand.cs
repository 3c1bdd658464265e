// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Shows what the VMs do, each second anew.</summary>
internal sealed class TopCommand : Command
{
    public override string Name => "top";

    public override string Arguments => "[-j]";

    public override string Summary => "what the VMs do, anew each second until a key; with -j once";

    public override void Run(Monitor monitor, CommandLine line) => monitor.ShowTop(line.IsJson);
}
