// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace Hypervisor.Tool.Tests;

/// <summary>Runs hv the way a user's shell does.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Runs hv to its end with <paramref name="input"/> piped in.</summary>
    public static (int Code, string Output, string Errors) Run(string input, params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(s_limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"hv {string.Join(' ', arguments)} does not end");
        }

        return (process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>Starts hv and leaves it running.</summary>
    public static Process Start(params string[] arguments)
    {
        // Whoever runs the tests in the background has Ctrl-C ignored, and that is inherited.
        IEnumerable<string> line = ["--default-signal=INT", "dotnet", typeof(ExitCode).Assembly.Location, .. arguments];
        return Process.Start(new ProcessStartInfo("env", line.ToArray())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }
}
