// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>
/// Ends a VM at once, wherever it stands; what a forced stop leaves for people to look at goes as well.
/// </summary>
internal sealed class DestroyCommand : Command
{
    public override string Name => "destroy";

    public override string Arguments => "[NAME]";

    public override string Summary => "switch a VM off at once and forget its crashes, counts and output";

    public override void Run(Monitor monitor, CommandLine line)
    {
        monitor.FindGuest(line, 1)?.Destroy();
    }
}
