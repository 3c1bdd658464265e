// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Hypervisor.Machine.Config;
using Xunit;

namespace Hypervisor.Unit.Machine.Config;

/// <summary>
/// Every file of Golden/*.toml is loaded and what comes out is compared with the .expected file beside it. With
/// UPDATE_GOLDEN=1 in the environment the expected files are written anew.
/// </summary>
public sealed class ConfigGoldenTests
{
    public static IEnumerable<object[]> Names()
    {
        foreach (string path in Directory.GetFiles(Folder(), "*.toml"))
        {
            yield return [Path.GetFileNameWithoutExtension(path)];
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void File_gives_what_is_expected(string name)
    {
        string actual = Describe(Load(name));
        string expectedPath = Path.Combine(Folder(), name + ".expected");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(expectedPath, actual);
        }

        Assert.Equal(File.ReadAllText(expectedPath), actual);
    }

    [Fact]
    public void Every_kind_of_error_has_a_golden_file()
    {
        var seen = new HashSet<ConfigErrorKind>();
        foreach (object[] name in Names())
        {
            ConfigErrors errors = Load((string)name[0]).Errors;
            for (int i = 0; i < errors.Count; i++)
            {
                _ = seen.Add(errors[i]!.Kind);
            }
        }

        var missing = new List<ConfigErrorKind>();
        foreach (ConfigErrorKind kind in Enum.GetValues<ConfigErrorKind>())
        {
            if (!seen.Contains(kind))
            {
                missing.Add(kind);
            }
        }

        Assert.Empty(missing);
    }

    private static ConfigResult Load(string name)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder(), name + ".toml"));
        string text = Encoding.UTF8.GetString(bytes);
        if (text.StartsWith("# environment: many sections", StringComparison.Ordinal))
        {
            text = string.Concat(Enumerable.Range(0, 66).Select(index => text.Replace("NUMBER", index.ToString())));
            bytes = Encoding.UTF8.GetBytes(text);
        }

        if (text.StartsWith("# environment: repeated", StringComparison.Ordinal))
        {
            bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, 2000)));
        }

        return ConfigLoader.Load("hypervisor.toml", bytes, EnvironmentOf(text));
    }

    /// <summary>A first line "# environment: ..." stands for another set of files, or for the host's memory.</summary>
    private static ConfigEnvironment EnvironmentOf(string text)
    {
        if (text.StartsWith("# environment: no files", StringComparison.Ordinal))
        {
            return new ConfigEnvironment([]);
        }

        if (text.StartsWith("# environment: many files", StringComparison.Ordinal))
        {
            var many = new ConfigFile[12];
            for (int i = 0; i < many.Length; i++)
            {
                many[i] = new ConfigFile("file" + i, 1);
            }

            return new ConfigEnvironment(many);
        }

        const string Little = "# environment: guest memory 101M";
        ulong memory = text.StartsWith(Little, StringComparison.Ordinal) ? 101UL << 20 : 0;
        ulong free = text.StartsWith(Little + ", free 300M", StringComparison.Ordinal) ? 300UL << 20 : 0;
        return new ConfigEnvironment(
            [
                new ConfigFile("vmlinuz", 7_500_000),
                new ConfigFile("initrd.img", 4_000_000),
                new ConfigFile("empty.img", 0),
                new ConfigFile("tiny", 1000),
            ],
            memory,
            free)
        {
            FirstThreads = ThreadsOf(text),
        };
    }

    /// <summary>
    /// A first line "# environment: processors 1101" stands for processors of which the third shares its core.
    /// </summary>
    private static bool[] ThreadsOf(string text)
    {
        const string Processors = "# environment: processors ";
        string line = text.Split('\n')[0];
        return line.StartsWith(Processors, StringComparison.Ordinal)
            ? line[Processors.Length..].Select(static digit => digit == '1').ToArray()
            : [];
    }

    private static string Describe(ConfigResult result)
    {
        if (result.Config == null)
        {
            return result.Errors.Format();
        }

        Assert.Equal(0, result.Errors.Count);
        var text = new StringBuilder();
        HostConfig host = result.Config.Host;
        _ = text.Append($"host {host.Console} {host.OnAllStopped} share_cores {host.ShareCores}\n");
        foreach (VmConfig vm in result.Config.VirtualMachines)
        {
            _ = text.Append($"vm {vm.Name} line {vm.Line} cpus {vm.Cpus} memory {SizeText.Format(vm.Memory)}\n");
            _ = text.Append($"  kernel {vm.Kernel} initrd {vm.Initrd ?? "none"}\n");
            _ = text.Append($"  cmdline <{vm.CommandLine}>\n");
            _ = text.Append($"  autostart {vm.AutoStart} after {vm.StartDelay} s on_crash {vm.OnCrash}\n");
            _ = text.Append($"  weight {vm.Weight} cap {vm.Cap} reserve {vm.Reserve} ");
            _ = text.Append($"pin [{string.Join(", ", vm.Pin)}] exclusive {vm.IsExclusive} ");
            _ = text.Append($"tsc {vm.TimestampKilohertz} kHz\n");
        }

        return text.ToString();
    }

    private static string Folder()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder != null && !File.Exists(Path.Combine(folder, "Directory.Build.props")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder!, "tests", "Unit", "Machine", "Config", "Golden");
    }
}
