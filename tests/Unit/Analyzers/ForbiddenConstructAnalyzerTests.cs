// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class ForbiddenConstructAnalyzerTests
{
    [Theory]
    [InlineData("class X { void Y() { try { } finally { } } }")]
    [InlineData("class X { void Y(System.IDisposable d) { using (d) { } } }")]
    [InlineData("class X { void Y(System.IDisposable d) { using var e = d; } }")]
    [InlineData("class X { void Y() { lock (this) { } } }")]
    [InlineData("class X { async System.Threading.Tasks.Task Y() { } }")]
    [InlineData("class X { System.Collections.Generic.IEnumerable<int> Y() { yield return 1; } }")]
    [InlineData("using System.Linq; class X { }")]
    [InlineData("class X { static X() { } }")]
    [InlineData("class X { ~X() { } }")]
    [InlineData("class X { event System.Action Y; }")]
    [InlineData("class X { int[,] _y; }")]
    [InlineData("class X { public virtual void Y<T>() { } }")]
    [InlineData("using System; class X { [ThreadStatic] static int s_y; }")]
    [InlineData("class X { System.Func<int> Y(int z) => () => z; }")]
    [InlineData("class X { int _z; System.Func<int> Y() => () => _z; }")]
    [InlineData("class X {\n#if DEBUG\n#endif\n}")]
    [InlineData("class X {\n#pragma warning disable CS0169\n}")]
    public async Task Construct_IsReported(string source)
    {
        var analyzer = new ForbiddenConstructAnalyzer();
        Assert.Equal(["HVA005"], await AnalyzerRun.IdsAsync(analyzer, source));
        Assert.Empty(await AnalyzerRun.IdsAsync(analyzer, source, assembly: "Hypervisor.CoreLib"));
    }

    [Theory]
    [InlineData("class X { System.Func<int, int> Y() => static z => z + 1; }")]
    [InlineData("class X { System.Func<int, int> Y() => z => z + 1; }")]
    [InlineData("class X { void Y<T>() { foreach (int z in new int[3]) { } } }")]
    [InlineData("class X { int[][] _y; public X() { } static readonly int[] s_z = { 1, 2 }; }")]
    [InlineData("class X { void Y() => throw new System.InvalidOperationException(); }")]
    [InlineData("#nullable enable\nclass X { }")]
    public async Task OrdinaryCode_IsSilent(string source) =>
        Assert.Empty(await AnalyzerRun.IdsAsync(new ForbiddenConstructAnalyzer(), source));
}
