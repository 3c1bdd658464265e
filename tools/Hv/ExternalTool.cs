// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Hypervisor.Tool;

/// <summary>Runs another program to its end; what it says is shown only where it fails.</summary>
internal static class ExternalTool
{
    /// <summary>Runs <paramref name="program"/> and returns its standard output; throws where it fails.</summary>
    /// <param name="program">The program's name, looked up in PATH.</param>
    /// <param name="arguments">Its arguments, not quoted.</param>
    /// <param name="input">Text for its standard input.</param>
    /// <param name="environment">Variables to set.</param>
    public static string Run(
        string program,
        IEnumerable<string> arguments,
        string input = "",
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task feeding = Task.Run(() => Feed(process.StandardInput, input));
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        feeding.Wait();
        if (process.ExitCode != 0)
        {
            throw new ToolException($"{program} failed ({process.ExitCode}):\n{(errors.Result + output).Trim()}");
        }

        return output;
    }

    /// <summary>Starts a process, and says what to install where its program is missing.</summary>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new ToolException($"{start.FileName} did not start.");
        }
        catch (Win32Exception)
        {
            throw new ToolException($"{start.FileName} is not installed; './build.sh setup' installs what hv needs.");
        }
    }

    private static void Feed(StreamWriter writer, string input)
    {
        try
        {
            writer.Write(input);
            writer.Close();
        }
        catch (IOException)
        {
            // The program ended without reading it all; its exit code tells.
        }
    }
}
