// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Hypervisor.Machine.Config;

namespace Hypervisor.Tool.Configuration;

/// <summary>
/// A config on the user's own machine. The files that it names lie beside it or in a folder
/// <c>guests</c> beside it, as on the medium.
/// </summary>
internal sealed class ConfigDocument
{
    private const string GuestFolder = "guests";
    private const ulong MiB = 1 << 20;

    private readonly string _folder;
    private readonly ConfigFile[] _filesBeside;
    private readonly ConfigResult _result;

    private ConfigDocument(string path, byte[] text)
    {
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Name = Path.GetFileName(path);
        Text = Encoding.UTF8.GetString(text);
        _filesBeside = FilesBeside();
        _result = ConfigLoader.Load(Name, text, new ConfigEnvironment(_filesBeside));
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name { get; }

    /// <summary>The config as written.</summary>
    public string Text { get; }

    /// <summary>What could be read of it, with errors or without.</summary>
    public MachineConfig Draft => _result.Draft;

    /// <summary>The config; only where there are no errors.</summary>
    public MachineConfig Config => _result.Config ?? throw new InvalidOperationException("The config has errors.");

    /// <summary>Memory of all guests together, in MiB.</summary>
    public int GuestMemoryMiB =>
        _result.Config is null
            ? 0
            : (int)(_result.Config.VirtualMachines.Aggregate(0UL, (sum, vm) => sum + vm.Memory) / MiB);

    /// <summary>How many guests it has; 0 where there are errors.</summary>
    public int GuestCount => _result.Config?.VirtualMachines.Length ?? 0;

    /// <summary>The serial port of the console, 1 or 2.</summary>
    public int ConsolePort => _result.Draft.Host.Console == HostConsole.Com2 ? 2 : 1;

    /// <summary>A guest that crashes comes back by itself.</summary>
    public bool RestartsGuests => _result.Config?.VirtualMachines.Any(vm => vm.OnCrash == CrashAction.Restart) ?? false;

    /// <summary>All that is wrong, a line each in the file's order: errors, and kernels that are refused.</summary>
    public IReadOnlyList<string> Mistakes()
    {
        ConfigErrors errors = _result.Errors;
        return
        [
            .. Enumerable.Range(0, errors.Count).Select(index => errors[index]!)
                .Select(error => (
                    Line: error.Kind == ConfigErrorKind.TooManyErrors ? int.MaxValue : error.Line,
                    Text: errors.Format(error)))
                .Concat(KernelCheck.Complaints(this))
                .OrderBy(static mistake => mistake.Line)
                .Select(static mistake => mistake.Text),
        ];
    }

    public static ConfigDocument Load(string path)
    {
        try
        {
            return new ConfigDocument(path, File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The config cannot be read: {error.Message}", ExitCode.Usage);
        }
    }

    /// <summary>
    /// The files that go on the medium: their name there, and where they are here. Of a config with errors, which
    /// nobody can read for sure, these are the files beside it that its text mentions.
    /// </summary>
    public IReadOnlyDictionary<string, string> GuestFiles()
    {
        IEnumerable<string?> names = _result.Config is { } config
            ? config.VirtualMachines.SelectMany(static vm => new[] { vm.Kernel, vm.Initrd })
            : _filesBeside.Select(static file => file.Name)
                .Where(name => Text.Contains($"\"{name}\"", StringComparison.Ordinal));
        return names.OfType<string>().Distinct().ToDictionary(static name => name, Find);
    }

    /// <summary>The config, or a file that it names.</summary>
    public bool Reads(string path)
    {
        string full = Path.GetFullPath(path);
        return full == Path.Combine(_folder, Name) || GuestFiles().Values.Contains(full);
    }

    /// <summary>Where a guest's file is here.</summary>
    public string Find(string name) =>
        Folders().Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new ToolException($"{name} lies neither beside the config nor in {GuestFolder}/.", ExitCode.Usage);

    private IEnumerable<string> Folders() => [_folder, Path.Combine(_folder, GuestFolder)];

    private ConfigFile[] FilesBeside() =>
    [
        .. Folders().Where(Directory.Exists).SelectMany(Directory.EnumerateFiles)
            .Select(path =>
                new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path) is var file
                && file.Exists ? new ConfigFile(Path.GetFileName(path), (ulong)file.Length) : default)
            .Where(file => file.Name is not null)
            .DistinctBy(file => file.Name),
    ];
}
