// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Tool.Emulation;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>The emulator's command line, and the choice of a machine.</summary>
public sealed class EmulationTests
{
    private static readonly KvmCapabilities s_none = new(false, false, null);

    [Fact]
    public void Board_IsThatOfTheOptions()
    {
        string line = Build(new EmulatorOptions { Medium = "/x.iso", Cpus = 4, MemoryMiB = 512 });

        Assert.Contains("-accel tcg,thread=single -cpu EPYC,+svm,+npt", line);
        Assert.Contains("-smp 4", line);
        Assert.Contains("-m 512", line);
        Assert.DoesNotContain("icount", line);
        Assert.DoesNotContain("pflash", line);
    }

    [Fact]
    public void Parallel_GivesEveryProcessorAThread() => Assert.Contains(
        "-accel tcg,thread=multi -cpu",
        Build(new EmulatorOptions { Medium = "/x.iso", Cpus = 3, Parallel = true }));

    [Fact]
    public void ATripleFaultOfTheFirmware_IsNoneOfTheHypervisors()
    {
        const string firmwares = "Triple fault\nCPU Reset (CPU 0)\nEAX=6\nEBP=0 ESP=6f38\nEIP=000efaad EFL=2\n";
        const string ours = "Triple fault\nCPU Reset (CPU 0)\nRAX=0\nRIP=ffffffff80001b69 RFL=2\n";
        Assert.Null(QemuEmulator.FindTripleFault("CPU Reset (CPU 0)\n" + firmwares));
        Assert.Equal(ours.Trim(), QemuEmulator.FindTripleFault(firmwares + ours));
    }

    [Fact]
    public void Icount_IsDeterministic() => Assert.Contains(
        "-icount shift=0,sleep=off -rtc base=2024-01-01,clock=vm -seed 1",
        Build(new EmulatorOptions { Medium = "/x.iso", Icount = true }));

    [Fact]
    public void AnInstructionOfIcount_MayTakeMoreThanATick() => Assert.Contains(
        "-icount shift=3,sleep=off ",
        Build(new EmulatorOptions { Medium = "/x.iso", Icount = true, IcountShift = 3 }));

    [Fact]
    public void LargeMemory_IsNotReserved() => Assert.Contains(
        "size=65536M,reserve=off", Build(new EmulatorOptions { Medium = "/x.iso", MemoryMiB = 65536 }));

    [Theory]
    [InlineData(false, "no-virtual-apic quick")]
    [InlineData(true, "quick")]
    public void BootOptions_LeaveAloneWhatBochsDoesWrong(bool isCorrected, string expected) => Assert.Equal(
        expected,
        string.Join(' ', MachineChoice.BootOptions(
            new BochsBuild { Program = "/b", IsCorrected = isCorrected }, ["quick"])));

    [Fact]
    public void BootOptions_AreThoseAskedForInQemu() =>
        Assert.Equal(["quick"], MachineChoice.BootOptions(EmulatedMachine.QemuSvm, null, ["quick"]));

    [Fact]
    public void SecondPort_CarriesTheConsole() => Assert.Contains(
        "-serial null -serial chardev:console", Build(new EmulatorOptions { Medium = "/x.iso", ConsolePort = 2 }));

    [Fact]
    public void Auto_TakesKvmOnlyWhereItNests()
    {
        Assert.Equal(EmulatedMachine.QemuSvm, MachineChoice.Resolve("auto", () => s_none));
        Assert.Equal(EmulatedMachine.QemuKvm, MachineChoice.Resolve("auto", () => s_none with { Vmx = true }));
        Assert.Equal(EmulatedMachine.QemuKvm, MachineChoice.Resolve("auto", () => s_none with { Svm = true }));
        Assert.Equal(EmulatedMachine.QemuKvm, MachineChoice.Resolve("qemu-kvm", () => s_none with { Vmx = true }));
    }

    [Fact]
    public void Kvm_IsRefusedWithTheReason()
    {
        string Refusal(KvmCapabilities kvm) =>
            Assert.Throws<ToolException>(() => MachineChoice.Resolve("qemu-kvm", () => kvm)).Message;

        Assert.Contains("no virtualization", Refusal(s_none));
        Assert.Contains("denied", Refusal(s_none with { Problem = "denied" }));
    }

    [Theory]
    [InlineData(0x80000001u, 1u << 2, true, false)]
    [InlineData(1u, 1u << 5, false, true)]
    [InlineData(1u, 1u << 2, false, false)]
    public void KvmAnswer_IsReadByLeaf(uint function, uint ecx, bool svm, bool vmx)
    {
        byte[] table = new byte[8 + 40];
        table[0] = 1;
        BitConverter.TryWriteBytes(table.AsSpan(8), function);
        BitConverter.TryWriteBytes(table.AsSpan(8 + 20), ecx);

        Assert.Equal(new KvmCapabilities(svm, vmx, null), KvmCapabilities.Parse(table));
    }

    private static string Build(EmulatorOptions options)
    {
        using var scratch = new TemporaryDirectory();
        List<string> line = QemuCommandLine.Build(options, new EmulatorFiles(scratch));
        return string.Join(' ', line);
    }
}
