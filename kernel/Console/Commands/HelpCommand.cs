// SPDX-License-Identifier: MIT
namespace Hypervisor.Console.Commands;

/// <summary>Lists the commands, or explains one.</summary>
internal sealed class HelpCommand : Command
{
    private const int SummaryColumn = 28;

    public override string Name => "help";

    public override string Arguments => "[COMMAND]";

    public override string Summary => "list the commands, or explain one";

    public override void Run(Monitor monitor, CommandLine line)
    {
        bool found = false;
        foreach (Command command in monitor.Commands)
        {
            if (line.Count < 2 || line.Is(1, command.Name))
            {
                found = true;
                ConsoleWriter writer = monitor.Writer.Text("  ").Text(command.Name).Text(" ").Text(command.Arguments);
                _ = writer.PadTo(SummaryColumn).Text(" ").Text(command.Summary).Line();
            }
        }

        if (!found)
        {
            _ = monitor.Writer.Text("no such command: '").Raw(line[1]).Text("'").Line();
        }
        else if (line.Count < 2)
        {
            _ = monitor.Writer.Text("With one VM its NAME may be left out. -j writes JSON, a record for each line. ")
                .Text("Ctrl-] leaves an attached VM.").Line();
        }
    }
}
