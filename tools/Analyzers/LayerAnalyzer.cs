// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hypervisor.Analyzers;

/// <summary>Namespaces are layers and references point down; a driver's folder knows no other driver's.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Layer, Rules.Driver];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ProductCode.IsProduct(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(CheckName, SyntaxKind.IdentifierName, SyntaxKind.GenericName);
            }
        });
    }

    private static void CheckName(SyntaxNodeAnalysisContext context)
    {
        var name = (SimpleNameSyntax)context.Node;
        if (ProductCode.IsExempt(name.SyntaxTree) || name.Identifier.ValueText == "var")
        {
            return;
        }

        ISymbol? symbol = context.SemanticModel.GetSymbolInfo(name, context.CancellationToken).Symbol;
        INamespaceSymbol? known = symbol switch
        {
            INamespaceSymbol space => name.FirstAncestorOrSelf<UsingDirectiveSyntax>() != null ? space : null,
            ITypeSymbol type => type.ContainingNamespace,
            _ => symbol?.ContainingType?.ContainingNamespace,
        };
        if (known == null || symbol == null)
        {
            return;
        }

        INamespaceSymbol? here = NamespaceAround(context.SemanticModel, name);
        int upper = ProductCode.LayerOf(known);
        int layer = ProductCode.LayerOf(here);
        if (layer >= 0 && upper > layer)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.Layer,
                name.GetLocation(),
                symbol.Name,
                ProductCode.LayerName(upper),
                ProductCode.LayerName(layer)));
        }

        string other = ProductCode.DriverOf(known);
        string driver = ProductCode.DriverOf(here);
        if (driver.Length > 0 && other.Length > 0 && other != driver)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.Driver, name.GetLocation(), symbol.Name, other));
        }
    }

    private static INamespaceSymbol? NamespaceAround(SemanticModel model, SyntaxNode node)
    {
        BaseNamespaceDeclarationSyntax? space = node.FirstAncestorOrSelf<BaseNamespaceDeclarationSyntax>();
        if (space == null && node.SyntaxTree.GetRoot() is CompilationUnitSyntax { Members.Count: > 0 } unit)
        {
            // A using directive above a file-scoped namespace belongs to that namespace.
            space = unit.Members[0] as BaseNamespaceDeclarationSyntax;
        }

        return space == null ? null : model.GetDeclaredSymbol(space) as INamespaceSymbol;
    }
}
