// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class UnsafeFenceAnalyzerTests
{
    [Theory]
    [InlineData("unsafe class X { }", 1)]
    [InlineData("class X { unsafe void Y() { } }", 1)]
    [InlineData("class X { void Y() { unsafe { } } }", 1)]
    [InlineData("class X { unsafe int* _y; }", 2)]
    [InlineData("class X { unsafe void Y() { int* y = stackalloc int[4]; } }", 2)]
    [InlineData("class X { unsafe delegate*<void> _y; }", 2)]
    [InlineData("class X { int Y(object o) => System.Runtime.CompilerServices.Unsafe.SizeOf<int>(); }", 1)]
    [InlineData(
        "class X { int Y(System.Span<int> s) => System.Runtime.InteropServices.MemoryMarshal.GetReference(s); }", 1)]
    [InlineData("class X { [System.Runtime.InteropServices.DllImport(\"*\")] static extern void Y(); }", 1)]
    public async Task OutsideTheFence_IsReported_InsideIsSilent(string type, int findings)
    {
        string[] fencedOut =
            ["Devices.Chipset", "Machine.Config", "Virtualization", "Virtualization.Emulation", "Platform"];
        foreach (string outside in fencedOut)
        {
            Assert.Equal(findings, (await AnalyzerRun.IdsAsync(new UnsafeFenceAnalyzer(), In(outside, type))).Count);
        }

        string[] fencedIn = ["X64", "Memory", "Platform.Acpi", "Virtualization.Svm", "Virtualization.Vmx", "Boot"];
        foreach (string inside in fencedIn)
        {
            Assert.Empty(await AnalyzerRun.IdsAsync(new UnsafeFenceAnalyzer(), In(inside, type)));
        }
    }

    [Fact]
    public async Task ADriver_IsUnsafeOnlyInItsRegisterBlock()
    {
        const string Source = """
            namespace Hypervisor.Drivers.Nvme
            {
                unsafe class NvmeRegisters { uint* _start; }
                unsafe class NvmeQueue { }
            }
            """;
        Assert.Equal(["HVA003"], await AnalyzerRun.IdsAsync(new UnsafeFenceAnalyzer(), Source));
    }

    [Fact]
    public async Task SafeCode_IsSilent()
    {
        const string Type = "class X { void Y() { System.Span<byte> y = stackalloc byte[8]; y[0] = 1; } }";
        Assert.Empty(await AnalyzerRun.IdsAsync(new UnsafeFenceAnalyzer(), In("Devices", Type)));
    }

    private static string In(string space, string type) => $"namespace Hypervisor.{space} {{ {type} }}";
}
