// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using Hypervisor.Tool.Commands;

namespace Hypervisor.Tool;

/// <summary>The user's tool: checks configs, makes boot images, runs them in an emulator, names addresses.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        var root = new RootCommand("Works with the hypervisor's configs and images, and boots them in an emulator.")
        {
            CheckCommand.Create(),
            ImageCommand.Create(),
            RunCommand.Create(),
            SymbolizeCommand.Create(),
        };
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                System.Console.Error.WriteLine("hv: " + error.Message);
            }

            System.Console.Error.WriteLine("hv: 'hv --help' and 'hv COMMAND --help' say what there is.");
            return ExitCode.Usage;
        }

        return Invoke(parsed);
    }

    private static int Invoke(ParseResult parsed)
    {
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (ToolException error)
        {
            System.Console.Error.WriteLine("hv: " + error.Message);
            return error.ExitCode;
        }
        catch (Exception error) when (error is System.IO.IOException or UnauthorizedAccessException)
        {
            System.Console.Error.WriteLine("hv: " + error.Message);
            return ExitCode.Failure;
        }
    }
}
