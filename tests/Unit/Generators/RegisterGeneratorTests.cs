// SPDX-License-Identifier: MIT
using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Hypervisor.Generators;
using Hypervisor.X64;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace Hypervisor.Unit.Generators;

/// <summary>What the generator writes, used as a register is used; and the errors it reports.</summary>
public sealed class RegisterGeneratorTests
{
    [Fact]
    public void Fields_ReadTheirBits()
    {
        var register = new SampleRegister(0x8000_0000_0000_0b07);
        Assert.True(register.Lowest);
        Assert.True(register.Highest);
        Assert.Equal(0xb, register.Nibble);
        Assert.Equal(3, register.PartOfNibble);
        Assert.Equal(SampleMode.Fast, register.Mode);
        Assert.Equal(0u, register.Word);
    }

    [Fact]
    public void With_ChangesOneField_AndKeepsTheRest()
    {
        Prop.ForAll<ulong, uint, byte>((raw, word, nibble) =>
        {
            SampleRegister register = new SampleRegister(raw) with { Word = word, Nibble = nibble };
            const ulong touched = 0x7fff_ffff_8000_0000 | 0xf00;
            return register.Word == word && register.Nibble == (nibble & 0xf)
                && (register.Value & ~touched) == (raw & ~touched);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ObjectInitializer_StartsFromZero()
    {
        var register = new SampleRegister { Lowest = true, Mode = SampleMode.Slow, Highest = true };
        Assert.Equal(0x8000_0000_0000_0003, register.Value);
        Assert.Equal(0x2UL, (register with { Lowest = false, Highest = false }).Value);
    }

    [Fact]
    public void DefinedBits_IsTheMaskOfTheNames() => Assert.Equal(0xffff_ffff_8000_0f07, SampleRegister.DefinedBits);

    [Fact]
    public void NarrowAndWholeRegisters_Wrap()
    {
        var narrow = new NarrowRegister { Top = true, Rest = 0xfff };
        Assert.Equal(0xff, narrow.Value);
        Assert.Equal(0x7f, (narrow with { Top = false }).Value);
        Assert.Equal(ulong.MaxValue, new WholeRegister { All = ulong.MaxValue }.Value);
    }

    [Fact]
    public void Equality_ComparesTheValue()
    {
        var register = new SampleRegister(5);
        Assert.True(register == new SampleRegister(5));
        Assert.True(register != new SampleRegister(6));
        Assert.True(register.Equals((object)new SampleRegister(5)));
        Assert.False(register.Equals((object)5UL));
    }

    [Theory]
    [InlineData("HVG001", "[Register(typeof(long))] public readonly partial struct R { }")]
    [InlineData("HVG001", "[Register(typeof(uint))] public readonly struct R { }")]
    [InlineData("HVG001", "[Register(typeof(uint))] public partial struct R { }")]
    [InlineData("HVG002", Head + "[Bit(32)] public partial bool A { get; init; } }")]
    [InlineData("HVG002", Head + "[Bit(-1)] public partial bool A { get; init; } }")]
    [InlineData("HVG002", Head + "[Bits(3, 4)] public partial byte A { get; init; } }")]
    [InlineData("HVG002", Head + "[Bits(32, 30)] public partial byte A { get; init; } }")]
    [InlineData(
        "HVG003",
        Head + "[Bit(3)] public partial bool A { get; init; } "
            + "[Bits(4, 3)] public partial byte B { get; init; } }")]
    [InlineData("HVG004", Head + "[Bit(3)] public partial byte A { get; init; } }")]
    [InlineData("HVG004", Head + "[Bits(3, 1)] public partial string A { get; init; } }")]
    [InlineData("HVG004", Head + "[Bits(8, 0)] public partial byte A { get; init; } }")]
    [InlineData("HVG004", Head + "[Bits(31, 0)] public partial int A { get; init; } }")]
    [InlineData("HVG005", Head + "[Bit(3)] public bool A { get; init; } }")]
    [InlineData("HVG005", Head + "[Bit(3)] public partial bool A { get; set; } }")]
    public void Mistake_IsReported(string id, string source)
    {
        ImmutableArray<Diagnostic> diagnostics = Run(source, out _);
        Diagnostic reported = Assert.Single(diagnostics);
        Assert.Equal(id, reported.Id);
        Assert.Equal(DiagnosticSeverity.Error, reported.Severity);
    }

    [Fact]
    public void NestedAndGlobal_Compile()
    {
        const string source = """
            public static partial class Outer
            {
                [Register(typeof(ushort))]
                internal readonly partial struct Inner
                {
                    [Bits(15, 12)] public partial System.DayOfWeek Day { get; init; }
                    [Bits(11, 4)] internal partial sbyte Wrong { get; init; }
                    [Bits(3, 1)] public partial long Long { get; init; }
                    [Bit(0)] public partial bool Bit { init; }
                }
            }
            """;
        Diagnostic reported = Assert.Single(Run(source, out _));
        Assert.Equal("HVG004", reported.Id);
        Assert.Empty(Run(source.Replace("sbyte", "byte"), out Compilation compilation));
        Assert.DoesNotContain(compilation.GetDiagnostics(), static d => d.Severity == DiagnosticSeverity.Error);
    }

    private const string Head = "[Register(typeof(uint))] public readonly partial struct R { ";

    private static ImmutableArray<Diagnostic> Run(string source, out Compilation output)
    {
        string paths = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var compilation = CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText("using Hypervisor.X64;\n" + source)],
            paths.Split(Path.PathSeparator)
                .Append(typeof(RegisterAttribute).Assembly.Location)
                .Distinct()
                .Select(static path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        _ = CSharpGeneratorDriver.Create(new RegisterGenerator())
            .RunGeneratorsAndUpdateCompilation(compilation, out output, out ImmutableArray<Diagnostic> diagnostics);
        return diagnostics;
    }
}
