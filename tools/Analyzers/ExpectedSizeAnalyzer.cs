// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hypervisor.Analyzers;

/// <summary>A struct whose layout somebody else dictates is as long as its [ExpectedSize] states.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ExpectedSizeAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Size];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSymbolAction(Check, SymbolKind.NamedType);
    }

    private static void Check(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        int stated = LayoutCalculator.StatedSize(type);
        if (stated == 0)
        {
            return;
        }

        if (!LayoutCalculator.TryMeasure(type, out int size, out _))
        {
            Report(context, "has no fixed layout: it holds references, generics or fields placed by the compiler");
        }
        else if (size != stated)
        {
            Report(context, $"is {size} bytes long, not {stated}");
        }
    }

    private static void Report(SymbolAnalysisContext context, string problem) =>
        context.ReportDiagnostic(
            Diagnostic.Create(Rules.Size, context.Symbol.Locations.First(), context.Symbol.Name, problem));
}
