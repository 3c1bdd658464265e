// SPDX-License-Identifier: MIT
using System.IO;
using System.Text.RegularExpressions;
using Hypervisor.Tool.Symbols;
using Xunit;

namespace Hypervisor.Tool.Tests;

/// <summary>From addresses to C#'s names.</summary>
public sealed class SymbolTests
{
    [Theory]
    [InlineData("Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt", "Hypervisor.Platform.Panic.Halt")]
    [InlineData("Hypervisor_Kernel_Hypervisor_Memory_GuestRange___ctor", "Hypervisor.Memory.GuestRange..ctor")]
    [InlineData("Hypervisor_Kernel_Hypervisor_Memory_GuestRange___ctor_0", "Hypervisor.Memory.GuestRange..ctor")]
    [InlineData("Hypervisor_Drivers_Hypervisor_Drivers_Serial16550_SerialPort__Write_1",
        "Hypervisor.Drivers.Serial16550.SerialPort.Write")]
    [InlineData("System_UInt64__ToString", "System.UInt64.ToString")]
    [InlineData("Hypervisor_Boot_Program__Main", "Program.Main")]
    [InlineData("Hypervisor_CoreLib_System_ReadOnlySpan_1<Char>__TryCopyTo", "System.ReadOnlySpan<Char>.TryCopyTo")]
    [InlineData("HvTrap", "HvTrap")]
    [InlineData("_start", "_start")]
    public void Symbol_BecomesAMethod(string symbol, string method) =>
        Assert.Equal(method, MethodName.Readable(symbol));

    [Fact]
    public void Addresses_GetMethodAndLine()
    {
        using var scratch = new Scratch();
        string source = scratch.Path("panic.S");
        File.WriteAllText(source, """
                .globl Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt
                .type Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt, @function
            Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt:
                nop
                hlt
                .size Hypervisor_Kernel_Hypervisor_Platform_Panic__Halt, 2

            """);
        string elf = scratch.Path("panic.elf");
        ExternalTool.Run("gcc",
            ["-g", "-nostdlib", "-static", "-no-pie", "-fuse-ld=lld",
                "-Wl,-Ttext=0xffffffff80001000,-e,0,--build-id=none,--image-base=0xffffffff80000000",
                "-o", elf, source]);

        string text = new Symbolizer(elf).Annotate(
            "RIP ffffffff80001001, 0xffffffff8ffff000, 0x1001\n  #0 0xffffffff80001000\n  #1 0xffffffff80001001\n");

        Assert.Matches(new Regex(
            @"^RIP ffffffff80001001 Hypervisor\.Platform\.Panic\.Halt\+0x1 \(.*panic\.S:5\), "
            + @"0xffffffff8ffff000, 0x1001\n"), text);
        Assert.Matches(
            new Regex(@"\n  #0 0xffffffff80001000 Hypervisor\.Platform\.Panic\.Halt\+0x0 \(.*panic\.S:4\)\n"), text);
        Assert.Matches(
            new Regex(@"\n  #1 0xffffffff80001001 Hypervisor\.Platform\.Panic\.Halt\+0x1 \(.*panic\.S:4\)\n"), text);
    }
}
