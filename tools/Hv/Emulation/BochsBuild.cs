// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace Hypervisor.Tool.Emulation;

/// <summary>
/// A Bochs of this computer: the distribution's, or the corrected one that './build.sh setup --bochs' has built.
/// </summary>
internal sealed record BochsBuild
{
    private const string Name = "bochs-bin";
    private const string Bios = "bochs/BIOS-bochs-latest";
    private const string VideoBios = "vgabios/vgabios.bin";

    private static readonly Regex s_version = new(@"Bochs x86 Emulator (\d+\.\d+)", RegexOptions.CultureInvariant);

    /// <summary>Each is started to be asked what it is: once, however often one is looked for.</summary>
    private static readonly Lazy<BochsBuild[]> s_found = new(static () => [.. Candidates().Select(Probe)]);

    /// <summary>"2.7", "3.0", ...; empty for one that does not start.</summary>
    public string Version { get; init; } = "";

    /// <summary>It starts in its debugger, which has to be told to go on.</summary>
    public bool HasDebugger { get; init; }

    /// <summary>Older than 3.0: it has only one size of memory blocks.</summary>
    public bool IsOld => Version.StartsWith("2.", StringComparison.Ordinal);

    /// <summary>
    /// Without two faults that guests die of: tools/setup/bochs.sh says which. It has no screen either.
    /// </summary>
    public bool IsCorrected { get; init; }

    public required string Program { get; init; }

    /// <summary>The folder of the BIOS images.</summary>
    public string Share { get; init; } = "/usr/share";

    public string BiosFile => Path.Combine(Share, Bios);

    public string VideoBiosFile => Path.Combine(Share, VideoBios);

    /// <summary>The Bochs of a version ("3.0", or "3"), or the best; a message where there is none.</summary>
    public static BochsBuild Find(string? version) => Choose(s_found.Value, version);

    /// <summary>Of what is there whose version begins as asked, the corrected one, else the newest.</summary>
    internal static BochsBuild Choose(IReadOnlyList<BochsBuild> builds, string? version)
    {
        BochsBuild[] usable =
        [
            .. builds.Where(static build => build.Version.Length > 0)
                .DistinctBy(static build => build.Version)
                .OrderByDescending(static build => build.IsCorrected)
                .ThenByDescending(static build => System.Version.Parse(build.Version)),
        ];
        return usable.FirstOrDefault(build => version is null || build.Is(version))
            ?? throw new ToolException(usable.Length == 0
                ? "Bochs (packages bochs, bochs-term, bochsbios, vgabios) is not installed; './build.sh setup' does it."
                : $"There is no Bochs {version}, but {string.Join(" and ", usable.Select(build => build.Version))}; "
                    + "'./build.sh setup --bochs' builds 3.0.", ExitCode.Usage);
    }

    private bool Is(string version) => (Version + ".").StartsWith(version + ".", StringComparison.Ordinal);

    /// <summary>Starts it with arguments of its own.</summary>
    public ProcessStartInfo Command(IEnumerable<string> arguments)
    {
        var command = new ProcessStartInfo(Program, arguments);

        // Its text screen wants a terminal that it knows, and none is there.
        command.Environment["TERM"] = "xterm";
        return command;
    }

    /// <summary>The names of the processors that it can be.</summary>
    public IReadOnlyList<string> ProcessorModels() =>
    [
        .. Ask("--help", "cpu").Split('\n').Select(static line => line.Trim())
            .Where(static line => Regex.IsMatch(line, "^[a-z][a-z0-9_]+$")),
    ];

    private static IEnumerable<BochsBuild> Candidates()
    {
        yield return new BochsBuild
        {
            Program = Path.Combine(UserCache.Folder, "bochs-3.0-corrected", Name),
            IsCorrected = true,
        };
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            yield return new BochsBuild { Program = Path.Combine(folder, Name) };
        }
    }

    /// <summary>Asks it for its version; one that is not whole has none.</summary>
    private static BochsBuild Probe(BochsBuild build)
    {
        if (!File.Exists(build.Program) || !File.Exists(build.BiosFile) || !File.Exists(build.VideoBiosFile))
        {
            return build;
        }

        string help = build.Ask("--help");
        return build with
        {
            Version = s_version.Match(help).Groups[1].Value,
            HasDebugger = help.Contains("-rc ", StringComparison.Ordinal),
        };
    }

    private string Ask(params string[] question)
    {
        ProcessStartInfo command = Command(question);
        command.RedirectStandardInput = true;
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        using Process process = ExternalTool.Start(command);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.Result;
    }
}
