// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hypervisor.Analyzers;

/// <summary>
/// Pointers, and the classes that do what pointers do, appear only inside the fence. The compiler's own switch
/// (AllowUnsafeBlocks) is one for a whole project; this is the same by namespace.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsafeFenceAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Unsafe];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ProductCode.IsProduct(start.Compilation))
            {
                start.RegisterSyntaxNodeAction(
                    CheckSyntax,
                    SyntaxKind.UnsafeStatement,
                    SyntaxKind.FixedStatement,
                    SyntaxKind.PointerType,
                    SyntaxKind.FunctionPointerType,
                    SyntaxKind.ClassDeclaration,
                    SyntaxKind.StructDeclaration,
                    SyntaxKind.InterfaceDeclaration,
                    SyntaxKind.MethodDeclaration,
                    SyntaxKind.ConstructorDeclaration,
                    SyntaxKind.PropertyDeclaration,
                    SyntaxKind.IndexerDeclaration,
                    SyntaxKind.OperatorDeclaration,
                    SyntaxKind.ConversionOperatorDeclaration,
                    SyntaxKind.FieldDeclaration,
                    SyntaxKind.DelegateDeclaration,
                    SyntaxKind.LocalFunctionStatement);
                start.RegisterSyntaxNodeAction(CheckName, SyntaxKind.IdentifierName);
            }
        });
    }

    private static void CheckSyntax(SyntaxNodeAnalysisContext context)
    {
        SyntaxToken offender = context.Node switch
        {
            MemberDeclarationSyntax member => Find(member.Modifiers),
            LocalFunctionStatementSyntax function => Find(function.Modifiers),
            _ => context.Node.GetFirstToken(),
        };
        if (offender.IsKind(SyntaxKind.None) || IsAllowed(context))
        {
            return;
        }

        string what = context.Node switch
        {
            PointerTypeSyntax or FunctionPointerTypeSyntax => $"the pointer type '{context.Node}'",
            _ => $"'{offender.Text}'",
        };
        Report(context, offender.GetLocation(), what);
    }

    private static void CheckName(SyntaxNodeAnalysisContext context)
    {
        if (context.Node.Parent is UsingDirectiveSyntax)
        {
            return;
        }

        if (context.SemanticModel.GetSymbolInfo(context.Node, context.CancellationToken).Symbol is INamedTypeSymbol type
            && UnsafeFence.IsUnsafeType(type)
            && !IsAllowed(context))
        {
            Report(context, context.Node.GetLocation(), $"'{type.Name}'");
        }
    }

    private static SyntaxToken Find(SyntaxTokenList modifiers)
    {
        foreach (SyntaxToken modifier in modifiers)
        {
            // 'extern' is an instruction or a routine written in assembly.
            if (modifier.IsKind(SyntaxKind.UnsafeKeyword) || modifier.IsKind(SyntaxKind.ExternKeyword))
            {
                return modifier;
            }
        }

        return default;
    }

    private static bool IsAllowed(SyntaxNodeAnalysisContext context) =>
        ProductCode.IsExempt(context.Node.SyntaxTree) || UnsafeFence.IsInside(TypeAround(context));

    private static INamedTypeSymbol? TypeAround(SyntaxNodeAnalysisContext context)
    {
        BaseTypeDeclarationSyntax? declaration = context.Node.FirstAncestorOrSelf<BaseTypeDeclarationSyntax>();
        if (declaration != null)
        {
            return context.SemanticModel.GetDeclaredSymbol(declaration, context.CancellationToken);
        }

        return context.ContainingSymbol as INamedTypeSymbol ?? context.ContainingSymbol?.ContainingType;
    }

    private static void Report(SyntaxNodeAnalysisContext context, Location location, string what)
    {
        string where = TypeAround(context)?.ContainingNamespace?.ToDisplayString() ?? "the global namespace";
        context.ReportDiagnostic(Diagnostic.Create(Rules.Unsafe, location, what, where));
    }
}
