// SPDX-License-Identifier: MIT
using System.IO;
using System.Linq;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>What a user's mistake gets: a sentence and exit code 2 or 1, never a stack trace.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("no such command", "frobnicate")]
    [InlineData("--cpus", "run", "CONFIG", "--cpus", "0")]
    [InlineData("--memory", "run", "CONFIG", "--memory", "1")]
    [InlineData("regular expression", "run", "CONFIG", "--until", "(")]
    [InlineData("--timeout", "run", "CONFIG", "--timeout", "-3")]
    [InlineData("--timeout", "run", "CONFIG", "--timeout", "x")]
    [InlineData("BIOS", "run", "CONFIG", "--machine", "bochs-vmx", "--uefi")]
    [InlineData("gdb", "run", "CONFIG", "--machine", "bochs-vmx", "--gdb")]
    [InlineData("--cpus", "run", "CONFIG", "--machine", "bochs-vmx", "--cpus", "17")]
    [InlineData("at the most", "run", "CONFIG", "--machine", "bochs-vmx", "--memory", "16385")]
    [InlineData("corei7_skylake_x", "run", "CONFIG", "--machine", "bochs-vmx", "--cpu-model", "z80")]
    [InlineData("There is no Bochs 1.0", "run", "CONFIG", "--machine", "bochs-vmx", "--bochs", "1.0")]
    [InlineData("--cpu-model", "run", "CONFIG", "--cpu-model", "ryzen")]
    [InlineData("--bochs", "run", "CONFIG", "--bochs", "3.0")]
    [InlineData("qemu-svm", "run", "CONFIG", "--machine", "vax")]
    [InlineData("cannot be read", "run", "/nowhere/hypervisor.toml")]
    [InlineData("cannot be read", "check", "/nowhere/hypervisor.toml")]
    [InlineData("--output", "image", "CONFIG")]
    [InlineData("/nowhere", "image", "CONFIG", "-o", "/nowhere/x.iso")]
    [InlineData("would be overwritten", "image", "CONFIG", "-o", "CONFIG")]
    [InlineData("/nowhere/elf", "image", "CONFIG", "-o", "x.iso", "--hypervisor", "/nowhere/elf")]
    [InlineData("/nowhere/panic.txt", "symbolize", "/nowhere/panic.txt", "--symbols", "CONFIG")]
    [InlineData("no 64-bit ELF", "symbolize", "CONFIG", "--symbols", "CONFIG")]
    public void Mistake_IsNamed(string complaint, params string[] arguments)
    {
        using var scratch = new Scratch();
        string config = scratch.Config();
        string[] line = System.Array.ConvertAll(arguments, argument => argument == "CONFIG" ? config : argument);

        (int code, string output, string errors) = ToolProcess.Run("", line);

        Assert.Equal(ExitCode.Usage, code);
        Assert.DoesNotContain("   at ", errors + output);
        Assert.Contains(complaint == "no such command" ? "frobnicate" : complaint, errors);
    }

    [Theory]
    [InlineData]
    [InlineData("check")]
    [InlineData("image")]
    [InlineData("run")]
    [InlineData("symbolize")]
    public void Help_IsThere(params string[] command)
    {
        (int code, string output, _) = ToolProcess.Run("", [.. command, "--help"]);

        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("Usage:", output);
    }

    [Fact]
    public void Check_AcceptsAGoodConfig()
    {
        using var scratch = new Scratch();

        (int code, string output, string errors) = ToolProcess.Run("", "check", scratch.Config());

        Assert.Equal(("", ExitCode.Success), (errors, code));
        Assert.Contains("no errors", output);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public void KernelThatCannotBeStarted_IsNamed(string command)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.Path("guests/vmlinuz"), new byte[5000]);

        (int code, _, string errors) = ToolProcess.Run("", command, scratch.Config());

        Assert.Equal(ExitCode.Failure, code);
        Assert.Contains("hypervisor.toml:1: vm web cannot be started from vmlinuz: not a kernel", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    public void EveryError_IsListedWithItsLine(string command)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.Path("guests/empty"), []);
        File.WriteAllBytes(scratch.Path("guests/text"), new byte[5000]);
        const string Others = """

            [[vm]]
            name    = "empty"
            memory  = "64M"
            kernel  = "empty"
            [[vm]]
            name    = "text"
            memory  = "64M"
            kernel  = "text"
            [[vm]]
            name    = "gone"
            memory  = "64M"
            kernel  = "gone"
            """;

        (int code, _, string errors) = ToolProcess.Run("", command, scratch.Config(Scratch.BadConfig + Others));

        Assert.Equal(ExitCode.Failure, code);
        string[] lines = errors.Split('\n').Where(static line => line.StartsWith("hypervisor.toml")).ToArray();
        Assert.Equal(5, lines.Length);
        Assert.StartsWith("hypervisor.toml:3: memory = \"64X\": ", lines[0]);
        Assert.StartsWith("hypervisor.toml:5: colour = ", lines[1]);
        Assert.StartsWith("hypervisor.toml:9: kernel = \"empty\": the file is empty", lines[2]);
        Assert.StartsWith("hypervisor.toml:10: vm text cannot be started from text: not a kernel", lines[3]);
        Assert.StartsWith("hypervisor.toml:17: kernel = \"gone\": no such file", lines[4]);
    }
}
