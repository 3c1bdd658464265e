// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class AllocationAnalyzerTests
{
    [Theory]
    [InlineData("class X { object Y(int z) => z; }")]
    [InlineData("class X { System.IComparable Y(int z) => z; }")]
    [InlineData("struct S { } class X { bool Y(S s) => Equals(s, null); }")]
    public async Task Boxing_IsReported(string source) =>
        Assert.Equal(["HVA006"], await AnalyzerRun.IdsAsync(new AllocationAnalyzer(), source));

    [Theory]
    [InlineData("class X { string Y(string z) => z + \"tail\"; }", 1)]
    [InlineData("class X { void Y(string z) { z += \"tail\"; } }", 1)]
    [InlineData("class X { string Y(string z) => $\"{z} tail\"; }", 1)]
    [InlineData("class X { const string A = \"a\" + \"b\"; string Y() => A + $\"c\"; }", 0)]
    [InlineData("class X { void Y(string z) => throw new System.Exception($\"{z} tail\"); }", 0)]
    [InlineData("class X { void Y(System.Text.StringBuilder b, int z) => b.Append($\"{z} tail\"); }", 0)]
    public async Task Text_IsReportedBelowTheMachineLayer(string source, int findings)
    {
        string devices = $"namespace Hypervisor.Devices {{ {source} }}";
        Assert.Equal(findings, (await AnalyzerRun.IdsAsync(new AllocationAnalyzer(), devices)).Count);
        string config = $"namespace Hypervisor.Machine.Config {{ {source} }}";
        Assert.Empty(await AnalyzerRun.IdsAsync(new AllocationAnalyzer(), config));
    }

    [Theory]
    [InlineData(
        "struct S { public override bool Equals(object o) => o is S; public override int GetHashCode() => 0; }")]
    [InlineData("class X { int Y(object z) => (int)z; }")]
    [InlineData("class X { int? Y(int z) => z; long Z(int z) => z; }")]
    public async Task OrdinaryCode_IsSilent(string source) =>
        Assert.Empty(await AnalyzerRun.IdsAsync(new AllocationAnalyzer(), source));
}
