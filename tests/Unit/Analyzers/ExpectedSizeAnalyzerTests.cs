// SPDX-License-Identifier: MIT
using System.Threading.Tasks;
using Hypervisor.Analyzers;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

public sealed class ExpectedSizeAnalyzerTests
{
    private const string Head = """
        using System.Runtime.InteropServices;
        using System.Runtime.CompilerServices;
        using Hypervisor.Runtime;
        enum E : ushort { A }
        struct Inner { public byte A; public uint B; }
        [InlineArray(5)] struct Five { private ushort _first; }

        """;

    [Theory]
    [InlineData(8, "struct X { byte A; uint B; }")]
    [InlineData(24, "struct X { byte A; ulong B; byte C; }")]
    [InlineData(10, "[StructLayout(LayoutKind.Sequential, Pack = 1)] struct X { byte A; ulong B; byte C; }")]
    [InlineData(
        12, "[StructLayout(LayoutKind.Explicit)] struct X { [FieldOffset(9)] byte A; [FieldOffset(4)] uint B; }")]
    [InlineData(64, "[StructLayout(LayoutKind.Explicit, Size = 64)] struct X { [FieldOffset(9)] byte A; }")]
    [InlineData(20, "struct X { Inner A; E B; Inner C; }")]
    [InlineData(12, "struct X { Five A; bool B; }")]
    [InlineData(18, "unsafe struct X { fixed ushort A[8]; byte B; }")]
    [InlineData(24, "unsafe struct X { byte* A; nint B; delegate*<void> C; }")]
    [InlineData(1, "struct X { }")]
    public async Task RightSize_IsSilent_AndAWrongOneIsReported(int size, string source)
    {
        Assert.Empty(await Ids($"[ExpectedSize({size})] {source}"));
        Assert.Equal(["HVA004"], await Ids($"[ExpectedSize({size + 1})] {source}"));
    }

    [Theory]
    [InlineData("struct X { string A; }")]
    [InlineData("[StructLayout(LayoutKind.Auto)] struct X { byte A; uint B; }")]
    [InlineData("struct X { System.Collections.Generic.KeyValuePair<int, int> A; }")]
    public async Task NoFixedLayout_IsReported(string source) =>
        Assert.Equal(["HVA004"], await Ids($"[ExpectedSize(8)] {source}"));

    private static Task<System.Collections.Generic.IReadOnlyList<string>> Ids(string source) =>
        AnalyzerRun.IdsAsync(new ExpectedSizeAnalyzer(), Head + source);
}
