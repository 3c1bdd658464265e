// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Hypervisor.Unit.Style;

/// <summary>The habits of CONTRIBUTING.md that no compiler checks. Every test names all its offenders.</summary>
public sealed partial class StyleTests
{
    private const int Width = 120;

    private const string Header = "SPDX-License-Identifier: MIT";

    /// <summary>Inputs of tests that are what they are.</summary>
    private static readonly string[] s_inputs = ["tests/Unit/Machine/Config/Golden/", "tests/Unit/Console/Golden/"];

    [Fact]
    public void EverySourceFile_StartsWithTheLicence() =>
        Report(SourceTree.Files
            .Where(static file => Path.GetExtension(file) is ".cs" or ".S" or ".inc" or ".ld" or ".c" or ".h" or ".sh"
                or ".cake")
            .Where(static file => !SourceTree.Lines(file).Take(2).Any(static line => line.Contains(Header))));

    [Fact]
    public void Text_IsAscii() =>
        Report(FindLines(static file => !IsInput(file), static line => line.Any(static each => !char.IsAscii(each))));

    [Fact]
    public void Lines_HaveNoTabsAndNoBlanksAtTheEnd() =>
        Report(FindLines(
            static file => Path.GetExtension(file) is ".cs" or ".S" or ".inc" or ".ld" or ".sh" or ".cake" or ".md"
                or ".csproj",
            static line => line.Contains('\t') || line.EndsWith(' ')));

    [Fact]
    public void Lines_FitTheWidth() =>
        Report(FindLines(
            static file => Path.GetExtension(file) is ".cs" or ".S" or ".inc" or ".ld" or ".sh" or ".cake",
            static line => line.Length > Width));

    [Fact]
    public void Files_EndWithOneNewline() =>
        Report(SourceTree.Files.Where(static file => !IsInput(file) && !EndsWell(SourceTree.Text(file))));

    [Fact]
    public void NothingIsLeftForLater() =>
        Report(FindLines(
            static file => !file.StartsWith("tests/Unit/Style/", StringComparison.Ordinal),
            static line => LeftForLater().IsMatch(line)));

    [Fact]
    public void NoPathOfOneMachine() =>
        Report(FindLines(
            static file => !file.StartsWith("tests/Unit/Style/", StringComparison.Ordinal) && !IsInput(file),
            static line => MachinePath().IsMatch(line)));

    [Fact]
    public void AFile_HoldsOneTypeOfItsName() =>
        Report(SourceTree.Code.SelectMany(static file => WrongTypes(file)));

    [Fact]
    public void Namespaces_FollowFolders() =>
        Report(SourceTree.Code
            .Where(static file => file.StartsWith("kernel/", StringComparison.Ordinal))
            .SelectMany(static file => WrongNamespaces(file)));

    private static IEnumerable<string> WrongTypes(string file)
    {
        string expected = Path.GetFileName(file).Split('.')[0];
        foreach (MemberDeclarationSyntax type in TopLevelTypes(file))
        {
            string name = type switch
            {
                BaseTypeDeclarationSyntax declaration => declaration.Identifier.Text,
                DelegateDeclarationSyntax declaration => declaration.Identifier.Text,
                _ => expected,
            };
            if (name != expected)
            {
                yield return $"{file}: type {name}";
            }
        }
    }

    private static IEnumerable<string> WrongNamespaces(string file)
    {
        string[] folders = file.Split('/')[1..^1];
        string expected = string.Join('.', folders[0] == "CoreLib" ? folders[1..] : ["Hypervisor", .. folders]);
        return Parse(file).DescendantNodes()
            .OfType<BaseNamespaceDeclarationSyntax>()
            .Select(static space => space.Name.ToString())
            .Where(name => name != expected)
            .Select(name => $"{file}: namespace {name}, expected {expected}");
    }

    private static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(string file) =>
        Parse(file).DescendantNodes(static node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(static member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static CompilationUnitSyntax Parse(string file) =>
        (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(SourceTree.Text(file)).GetRoot();

    private static IEnumerable<string> FindLines(Func<string, bool> files, Func<string, bool> offends)
    {
        foreach (string file in SourceTree.Files.Where(files))
        {
            string[] lines = SourceTree.Lines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                if (offends(lines[i]))
                {
                    yield return $"{file}:{i + 1}";
                }
            }
        }
    }

    private static bool IsInput(string file) =>
        s_inputs.Any(folder => file.StartsWith(folder, StringComparison.Ordinal));

    private static bool EndsWell(string text) =>
        text.Length == 0 || (text.EndsWith('\n') && !text.EndsWith("\n\n", StringComparison.Ordinal));

    private static void Report(IEnumerable<string> offenders)
    {
        string[] found = offenders.ToArray();
        Assert.True(found.Length == 0, $"{found.Length} found:\n{string.Join('\n', found.Take(50))}");
    }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|\bfor now\b")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"(^|[\s""'=(])/(home|root|work|Users)/")]
    private static partial Regex MachinePath();
}
