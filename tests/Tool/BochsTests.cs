// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Tool.Emulation;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>What Bochs is told, and what is read from its log.</summary>
public sealed class BochsTests
{
    private const string Console = "127.0.0.1:4711";

    private static readonly BochsBuild s_new = new() { Version = "3.0", Program = "/b", Share = "/s" };
    private static readonly BochsBuild s_old = s_new with { Version = "2.7" };

    [Fact]
    public void Board_IsThatOfTheOptions()
    {
        string text = Build(new EmulatorOptions
        {
            Machine = EmulatedMachine.BochsVmx,
            Medium = "/m, x/y.iso",
            Cpus = 4,
            MemoryMiB = 512,
            CpuModel = "broadwell_ult",
        });

        Assert.Contains("cpu: model=broadwell_ult, count=4, ", text);
        Assert.Contains("memory: guest=512, host=512\n", text);
        Assert.Contains("ata0-master: type=cdrom, path=\"/m, x/y.iso\", status=inserted\n", text);
        Assert.Contains("boot: cdrom\n", text);
        Assert.Contains("log: \"/keep/bochs.log\"\n", text);
        Assert.Contains("romimage: file=\"/s/bochs/BIOS-bochs-latest\"\n", text);
    }

    [Theory]
    [InlineData("bochs-vmx", "corei7_skylake_x")]
    [InlineData("bochs-svm", "ryzen")]
    public void Machine_HasItsProcessor(string machine, string model) => Assert.Contains(
        $"cpu: model={model}, count=1, ",
        Build(new EmulatorOptions { Machine = MachineChoice.Resolve(machine), Medium = "/x.iso" }));

    [Fact]
    public void Features_AreLeftOut() => Assert.Contains(
        ", exclude_features=\"xsaves, invpcid\"\n",
        Build(new EmulatorOptions { Medium = "/x.iso", ExcludedFeatures = ["xsaves", "invpcid"] }));

    /// <summary>Where three faults in a row only reset the machine nobody would hear of them.</summary>
    [Fact]
    public void Failures_EndBochs()
    {
        string text = Build(new EmulatorOptions { Medium = "/x.iso" });

        Assert.Contains("reset_on_triple_fault=0", text);
        Assert.Contains("panic: action=fatal\n", text);
    }

    [Fact]
    public void Disk_IsADisk()
    {
        string text = Build(new EmulatorOptions { Medium = "/x.img", Disk = true });

        Assert.Contains("ata0-master: type=disk, mode=flat, path=\"/x.img\"", text);
        Assert.Contains("boot: disk\n", text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Console_IsOnItsPort(int port)
    {
        string text = Build(new EmulatorOptions { Medium = "/x.iso", ConsolePort = port });

        Assert.Contains($"com{port}: enabled=1, mode=socket-client, dev={Console}\n", text);
        Assert.Contains($"com{3 - port}: enabled=1, mode=null\n", text);
    }

    /// <summary>With the usual small blocks Bochs is busy for minutes before it begins.</summary>
    [Theory]
    [InlineData(1024, "")]
    [InlineData(2048, ", block_size=256")]
    [InlineData(6144, ", block_size=1024")]
    public void LargeMemory_HasLargeBlocks(int mebibytes, string blocks)
    {
        var options = new EmulatorOptions { Medium = "/x.iso", MemoryMiB = mebibytes };

        Assert.Contains($"memory: guest={mebibytes}, host={mebibytes}{blocks}\n", Build(options));
        Assert.DoesNotContain("block_size", Build(options, s_old));
    }

    [Theory]
    [InlineData(null, "3.0")]
    [InlineData("2", "2.7")]
    [InlineData("2.7", "2.7")]
    [InlineData("3.0", "3.0")]
    public void Build_IsTheNewestOrTheOneAskedFor(string? asked, string chosen) =>
        Assert.Equal(chosen, BochsBuild.Choose([s_old, s_new with { Version = "" }, s_new], asked).Version);

    [Fact]
    public void TheCorrectedOne_IsTakenFirst()
    {
        BochsBuild corrected = s_new with { IsCorrected = true };

        Assert.True(BochsBuild.Choose([corrected, s_old, s_new], "3.0").IsCorrected);
        Assert.True(BochsBuild.Choose([corrected, s_old, s_new with { Version = "3.1" }], null).IsCorrected);
    }

    /// <summary>The distribution's has a screen of text, the corrected one has none.</summary>
    [Theory]
    [InlineData(false, "term")]
    [InlineData(true, "nogui")]
    public void Screen_IsOneThatItHas(bool isCorrected, string screen) => Assert.Contains(
        $"display_library: {screen}\n",
        Build(new EmulatorOptions { Medium = "/x.iso" }, s_new with { IsCorrected = isCorrected }));

    [Fact]
    public void MissingBuild_IsNamed()
    {
        string Refusal(string? asked, params BochsBuild[] builds) =>
            Assert.Throws<ToolException>(() => BochsBuild.Choose(builds, asked)).Message;

        Assert.Contains("not installed", Refusal(null, s_new with { Version = "" }));
        Assert.Contains("no Bochs 3.1, but 3.0 and 2.7", Refusal("3.1", s_old, s_new));
        Assert.Contains("no Bochs 2", Refusal("2", s_new));
    }

    [Theory]
    [InlineData("3.0", 16384)]
    [InlineData("2.7", 3072)]
    public void Memory_HasALimit(string version, int most)
    {
        string? Problem(int mebibytes) => MachineLimits.FindBochsProblem(
            new EmulatorOptions { Medium = "/x.iso", MemoryMiB = mebibytes }, s_new with { Version = version });

        Assert.Null(Problem(most));
        Assert.Contains($"{most} at the most", Problem(most + 1));
    }

    /// <summary>The hypervisor reads whether the firmware has locked AMD-V, as the manual says that it can.</summary>
    [Theory]
    [InlineData("bochs-svm", "2.7", true)]
    [InlineData("bochs-svm", "3.0", false)]
    [InlineData("bochs-vmx", "2.7", false)]
    public void OldBochs_HasNoWholeAmdV(string machine, string version, bool isRefused)
    {
        var options = new EmulatorOptions { Machine = MachineChoice.Resolve(machine), Medium = "/x.iso" };
        string? problem = MachineLimits.FindBochsProblem(options, s_new with { Version = version });
        Assert.Equal(isRefused, problem?.Contains("VM_CR", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Log_TellsOfPowerOff() => Assert.Equal(
        new EmulatorEnd(true, null),
        End("00000001000i[SER   ] com1: FIFO enabled", "00000002000p[ACPI  ] >>PANIC<< ACPI control: soft power off"));

    [Fact]
    public void Log_TellsOfAPanic() => Assert.Equal(
        new EmulatorEnd(false, "the host failed"),
        End("00000002000p[UNMAP ] >>PANIC<< Shutdown port: shutdown requested"));

    [Fact]
    public void Log_TellsOfATripleFaultWithTheProcessor()
    {
        EmulatorEnd? end = End(
            "00000001999e[CPU0  ] interrupt(): gate descriptor is not valid sys seg (vector=0x0d)",
            "00000002000p[CPU0  ] >>PANIC<< exception(): 3rd (13) exception with no resolution",
            "00000002000i[CPU0  ] CPU is in long mode (active)");

        Assert.StartsWith("the hypervisor brought the processor to a triple fault:\n", end?.Failure);
        Assert.EndsWith("\nCPU is in long mode (active)", end?.Failure);
        Assert.DoesNotContain("gate descriptor", end?.Failure);
    }

    [Fact]
    public void Log_TellsOfBochsOwnComplaint() => Assert.Equal(
        new EmulatorEnd(false, "Bochs: could not open CD-ROM"),
        End("00000000000p[HD    ] >>PANIC<< could not open CD-ROM"));

    [Fact]
    public void Log_WithoutAnEndTellsNothing() =>
        Assert.Null(End("00000001000e[CPU0  ] RDMSR: Unknown register 0x1a0"));

    private static EmulatorEnd? End(params string[] lines) => BochsLog.FindEnd(lines);

    private static string Build(EmulatorOptions options) => Build(options, s_new);

    private static string Build(EmulatorOptions options, BochsBuild build) =>
        BochsConfig.Build(options, build, "/keep/bochs.log", Console);
}
