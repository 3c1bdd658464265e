// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class UnusedResultAnalyzerTests
{
    private const string Head = """
        namespace Hypervisor.Sample;
        enum Result { Done, Failed }
        class C { public Result Run() => 0; public bool TryRun() => true; public bool IsRunning() => true; }

        """;

    [Theory]
    [InlineData("c.Run();", 1)]
    [InlineData("c.TryRun();", 1)]
    [InlineData("c.IsRunning();", 0)]
    [InlineData("_ = c.Run();", 0)]
    [InlineData("_ = c.TryRun();", 0)]
    [InlineData("if (!c.TryRun()) { return; }", 0)]
    [InlineData("Result r = c.Run();", 0)]
    public async Task IgnoredResult_IsReported(string statement, int findings)
    {
        string source = $"{Head}class X {{ void Y(C c) {{ {statement} }} }}";
        Assert.Equal(findings, (await AnalyzerRun.IdsAsync(new UnusedResultAnalyzer(), source)).Count);
    }
}
