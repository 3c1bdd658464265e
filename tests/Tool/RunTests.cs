// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>hv run with the stand-in: exit codes, what is typed and seen, and that nothing stays behind.</summary>
public sealed class RunTests
{
    [Theory]
    [InlineData(ExitCode.Success, "q", "")]
    [InlineData(ExitCode.Success, "", "guests/vmlinuz$")]
    [InlineData(ExitCode.Success, "hello\n", "^hello")]
    [InlineData(ExitCode.Success, "r", "never|stand-in is up.*")]
    [InlineData(ExitCode.Failure, "q", "never")]
    [InlineData(ExitCode.Failure, "p", "")]
    [InlineData(ExitCode.Failure, "t", "")]
    [InlineData(ExitCode.Failure, "c", "")]
    [InlineData(ExitCode.Failure, "n", "never")]
    [InlineData(ExitCode.TimeLimit, "", "never", "--timeout", "5")]
    [InlineData(ExitCode.Success, "q", "", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Success, "q", "", "--machine", "bochs-vmx", "--disk")]
    [InlineData(ExitCode.Success, "q", "", "--machine", "bochs-vmx", "--cpu-model", "broadwell_ult", "--icount")]
    [InlineData(ExitCode.Success, "hello hello hello hello\n", "^hello hello hello hello", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Success, "r", "never|stand-in is up.*", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Failure, "q", "never", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Failure, "p", "", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Failure, "t", "", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.Failure, "c", "", "--machine", "bochs-vmx")]
    [InlineData(ExitCode.TimeLimit, "", "never", "--timeout", "5", "--machine", "bochs-vmx")]
    public void ExitCode_SaysHowItWent(int expected, string typed, string until, params string[] options)
    {
        using var scratch = new Scratch();
        string[] line = ["run", scratch.Config(), "--hypervisor", StandIn.Path, .. options];

        (int code, string output, string errors) =
            ToolProcess.Run(typed, until.Length == 0 ? line : [.. line, "--until", until]);

        Assert.Equal(expected, code);
        Assert.DoesNotContain("   at ", errors);
        if (expected != ExitCode.TimeLimit)
        {
            // Within a time limit a slow computer may not come so far.
            Assert.Contains("stand-in is up", output);
        }
    }

    /// <summary>Nobody could attach to one of them.</summary>
    [Theory]
    [InlineData(false, "^debug-exit quick$")]
    [InlineData(true, "^debug-exit watch quick$")]
    public void WithoutATerminal_SeveralGuestsAreWatched(bool several, string commandLine)
    {
        using var scratch = new Scratch();
        const string First = Scratch.GoodConfig;
        string second = "\n" + First.Replace("\"web\"", "\"second\"", StringComparison.Ordinal);
        string config = scratch.Config(several ? First + second : First);

        (int code, _, _) = ToolProcess.Run("", "run", config, "--hypervisor", StandIn.Path, "--append", "quick",
            "--until", commandLine, "--timeout", "60");

        Assert.Equal(ExitCode.Success, code);
    }

    [Fact]
    public async Task Runs_DoNotDisturbEachOther()
    {
        using var scratch = new Scratch();
        string config = scratch.Config();
        string[] typed = ["hello", "yellow"];

        (int Code, string Output, string Errors)[] runs = await Task.WhenAll(typed.Select(text => Task.Run(() =>
            ToolProcess.Run(text + "\n", "run", config, "--hypervisor", StandIn.Path, "--machine", "bochs-vmx",
                "--until", "^" + text))));

        Assert.Equal([ExitCode.Success, ExitCode.Success], runs.Select(static run => run.Code));
        Assert.DoesNotContain("yellow", runs[0].Output);
        Assert.DoesNotContain("hello", runs[1].Output);
    }

    [Fact]
    public void KeptFolder_HoldsWhatBochsSays()
    {
        using var scratch = new Scratch();
        string folder = scratch.Path("kept, for later");

        (int code, _, _) = ToolProcess.Run("q", "run", scratch.Config(), "--hypervisor", StandIn.Path, "--machine",
            "bochs-vmx", "--keep", folder);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("soft power off", File.ReadAllText(Path.Combine(folder, "bochs.log")));
        Assert.Contains("model=corei7_skylake_x", File.ReadAllText(Path.Combine(folder, "bochsrc")));
    }

    [Fact]
    public void SerialFile_HoldsWhatTheConsoleSaid()
    {
        using var scratch = new Scratch();
        string file = scratch.Path("serial.log");

        (int code, string output, _) =
            ToolProcess.Run("q", "run", scratch.Config(), "--hypervisor", StandIn.Path, "--serial", file);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("stand-in is up\r\n", File.ReadAllText(file));
        Assert.DoesNotContain("\r", output);
    }

    /// <summary>Ctrl-C, an end from outside, and an end that hv cannot see coming.</summary>
    [Theory]
    [InlineData("INT", "qemu-svm")]
    [InlineData("TERM", "qemu-svm")]
    [InlineData("KILL", "qemu-svm")]
    [InlineData("INT", "bochs-vmx")]
    [InlineData("KILL", "bochs-vmx")]
    public void NoEmulator_StaysBehind(string signal, string machine)
    {
        using var scratch = new Scratch();
        using Process hv =
            ToolProcess.Start("run", scratch.Config(), "--hypervisor", StandIn.Path, "--machine", machine);
        try
        {
            EndAndLook(hv, signal);
        }
        finally
        {
            hv.Kill(entireProcessTree: true);
        }
    }

    private static void EndAndLook(Process hv, string signal)
    {
        string? line = "";
        while (line is not null && !line.Contains("stand-in is up", StringComparison.Ordinal))
        {
            line = hv.StandardOutput.ReadLine();
        }

        string mark = FormattableString.Invariant($"/hv-{hv.Id}-");
        Assert.Single(Emulators(mark));

        ExternalTool.Run("kill", ["-" + signal, hv.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.True(hv.WaitForExit(TimeSpan.FromSeconds(20)));

        var watch = Stopwatch.StartNew();
        while (Emulators(mark).Length > 0 && watch.Elapsed < TimeSpan.FromSeconds(10))
        {
            Thread.Sleep(50);
        }

        Assert.Empty(Emulators(mark));
        if (signal != "KILL")
        {
            Assert.Empty(Directory.GetDirectories(Path.GetTempPath(), mark[1..] + "*"));
        }
    }

    /// <summary>The processes whose command line holds a text that only one run's emulator has.</summary>
    private static string[] Emulators(string mark) =>
    [
        .. Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]))
            .Select(CommandLine).Where(line => line.Contains(mark, StringComparison.Ordinal)),
    ];

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
