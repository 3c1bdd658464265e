// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Hypervisor.Runtime;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Xunit;

namespace Hypervisor.Unit.Analyzers;

/// <summary>
/// Compiles a snippet as if it were part of the product and gives back what an analyzer says about it.
/// </summary>
internal static class AnalyzerRun
{
    private static readonly Lazy<MetadataReference[]> s_references = new(static () =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Append(typeof(ExpectedSizeAttribute).Assembly.Location)
            .Distinct()
            .Select(static path => (MetadataReference)MetadataReference.CreateFromFile(path))
            .ToArray());

    /// <summary>The rules that fire, one for each finding, in the order of the text.</summary>
    public static async Task<IReadOnlyList<string>> IdsAsync(
        DiagnosticAnalyzer analyzer,
        string source,
        string path = "/kernel/Sample.cs",
        string assembly = "Hypervisor.Kernel")
    {
        var compilation = CSharpCompilation.Create(
            assembly,
            [CSharpSyntaxTree.ParseText(source, path: path)],
            s_references.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        Assert.Empty(compilation.GetDiagnostics().Where(static found => found.Severity == DiagnosticSeverity.Error));
        ImmutableArray<Diagnostic> found =
            await compilation.WithAnalyzers([analyzer]).GetAnalyzerDiagnosticsAsync();
        return found.OrderBy(static each => each.Location.SourceSpan.Start).Select(static each => each.Id).ToArray();
    }
}
