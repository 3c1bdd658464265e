// SPDX-License-Identifier: MIT
using System.CommandLine;
using Hypervisor.Tool.Emulation;

namespace Hypervisor.Tool.Commands;

/// <summary><c>hv run CONFIG</c>: boots a config in an emulator with the console in the terminal.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var options = new RunOptions();
        var command = new Command("run", """
            Boots a config in an emulator with the console in the terminal (Ctrl-A X switches the machine off).
            Without a terminal the console is streamed and what is piped in is typed.

            Exit codes: 0 the text of --until was seen, or without it the host powered off by itself; 1 the text was
            not seen, a guest crashed or the host failed; 124 the time limit; 2 the command line.
            """);
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            using var session = new RunSession(options.Read(parsed));
            return session.Run();
        });
        return command;
    }
}
