// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class LayerAnalyzerTests
{
    private const string Declarations = """
        namespace Hypervisor.Memory { public class Frame { public static int Count; public void Free() { } } }
        namespace Hypervisor.Devices.Chipset { public class Pic { public static int Count; public void Reset() { } } }
        namespace Hypervisor.Drivers.Nvme { public class NvmeQueue { } }
        """;

    [Theory]
    [InlineData("namespace Hypervisor.Memory { class X { Hypervisor.Devices.Chipset.Pic _pic; } }")]
    [InlineData("namespace Hypervisor.Memory { class X { int Y() => Hypervisor.Devices.Chipset.Pic.Count; } }", 2)]
    [InlineData("namespace Hypervisor.Virtualization.Svm { class X { int Y(Devices.Chipset.Pic pic) => 0; } }")]
    [InlineData("namespace Hypervisor.Memory { using Hypervisor.Devices.Chipset; class X { } }", 2)]
    public async Task ReferenceUp_IsReported(string source, int findings = 1)
    {
        Assert.Equal(
            System.Linq.Enumerable.Repeat("HVA001", findings),
            await AnalyzerRun.IdsAsync(new LayerAnalyzer(), source + Declarations));
    }

    [Theory]
    [InlineData("namespace Hypervisor.Devices.Virtio { class X { Memory.Frame _frame; Chipset.Pic _pic; } }")]
    [InlineData(
        "namespace Hypervisor.Console { class X { int Y => Memory.Frame.Count + Devices.Chipset.Pic.Count; } }")]
    [InlineData("namespace Hypervisor.Memory { class X { System.Text.StringBuilder _text; } }")]
    [InlineData("namespace Hypervisor.Drivers.Nvme { class X { Memory.Frame _frame; NvmeQueue _queue; } }")]
    public async Task ReferenceDown_IsSilent(string source) =>
        Assert.Empty(await AnalyzerRun.IdsAsync(new LayerAnalyzer(), source + Declarations));

    [Fact]
    public async Task AnotherDriver_IsReported()
    {
        const string Source = "namespace Hypervisor.Drivers.Ahci { class X { Nvme.NvmeQueue _queue; } }";
        Assert.Equal(["HVA002"], await AnalyzerRun.IdsAsync(new LayerAnalyzer(), Source + Declarations));
    }

    [Fact]
    public async Task FakesAndOtherAssemblies_AreExempt()
    {
        const string Source = "namespace Hypervisor.Memory { class X { Devices.Chipset.Pic _pic; } }" + Declarations;
        Assert.Empty(await AnalyzerRun.IdsAsync(new LayerAnalyzer(), Source, "/tests/Host/Fakes/Memory/X.cs"));
        Assert.Empty(await AnalyzerRun.IdsAsync(new LayerAnalyzer(), Source, assembly: "Hypervisor.Unit"));
    }
}
