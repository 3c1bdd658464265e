// SPDX-License-Identifier: MIT
using System;
using System.CommandLine;
using System.IO;
using Hypervisor.Tool.Symbols;

namespace Hypervisor.Tool.Commands;

/// <summary><c>hv symbolize</c>: adds the method and line to every address of the hypervisor in a text.</summary>
internal static class SymbolizeCommand
{
    public static Command Create()
    {
        Argument<string?> file = new("FILE")
        {
            Description = "The text, such as a panic's; without it standard input is read.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> symbols = new("--symbols")
        {
            Description = "The ELF with symbols (default: the build's hypervisor.debug.elf).",
            HelpName = "ELF",
        };
        Option<string> flavour = Arguments.Flavour();
        var command = new Command("symbolize", "Adds method, file and line to the hypervisor's addresses in a text.")
        {
            file, symbols, flavour,
        };
        command.SetAction(parsed => Symbolize(
            parsed.GetValue(file),
            parsed.GetValue(symbols)
                ?? RepositoryPaths.SymbolsOf(RepositoryPaths.Hypervisor(parsed.GetRequiredValue(flavour)))));
        return command;
    }

    private static int Symbolize(string? file, string symbols)
    {
        if (!File.Exists(symbols))
        {
            throw new ToolException($"{symbols} is not there; './build.sh build' makes it, --symbols names another.",
                ExitCode.Usage);
        }

        if (file is not null && !File.Exists(file))
        {
            throw new ToolException($"{file} is not there.", ExitCode.Usage);
        }

        string text = file is null ? System.Console.In.ReadToEnd() : File.ReadAllText(file);
        System.Console.Out.Write(new Symbolizer(symbols).Annotate(text));
        return ExitCode.Success;
    }
}
