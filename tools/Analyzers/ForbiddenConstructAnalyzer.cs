// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Hypervisor.Analyzers;

/// <summary>
/// Constructs that compile but do something else here than on a desktop, or that the core library carries nothing for.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForbiddenConstructAnalyzer : DiagnosticAnalyzer
{
    private const string NoUnwinding = "a contained fault runs no catch, finally or Dispose; use FaultBoundary";
    private const string NoClosure = "it is a hidden allocation; pass what it needs, or make it static";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Construct];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ProductCode.IsProduct(start.Compilation))
            {
                start.RegisterSyntaxTreeAction(CheckDirectives);
                start.RegisterSyntaxNodeAction(
                    CheckNode,
                    SyntaxKind.TryStatement,
                    SyntaxKind.UsingStatement,
                    SyntaxKind.LocalDeclarationStatement,
                    SyntaxKind.LockStatement,
                    SyntaxKind.AwaitExpression,
                    SyntaxKind.YieldReturnStatement,
                    SyntaxKind.QueryExpression,
                    SyntaxKind.UsingDirective,
                    SyntaxKind.ConstructorDeclaration,
                    SyntaxKind.DestructorDeclaration,
                    SyntaxKind.EventFieldDeclaration,
                    SyntaxKind.ArrayRankSpecifier,
                    SyntaxKind.MethodDeclaration,
                    SyntaxKind.AnonymousMethodExpression,
                    SyntaxKind.SimpleLambdaExpression,
                    SyntaxKind.ParenthesizedLambdaExpression,
                    SyntaxKind.Attribute);
            }
        });
    }

    private static void CheckDirectives(SyntaxTreeAnalysisContext context)
    {
        if (ProductCode.IsExempt(context.Tree))
        {
            return;
        }

        SyntaxNode root = context.Tree.GetRoot(context.CancellationToken);
        if (!root.ContainsDirectives)
        {
            return;
        }

        foreach (SyntaxTrivia trivia in root.DescendantTrivia().Where(static trivia => trivia.IsDirective))
        {
            if (trivia.Kind() is SyntaxKind.IfDirectiveTrivia or SyntaxKind.PragmaWarningDirectiveTrivia)
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    Rules.Construct,
                    trivia.GetLocation(),
                    trivia.ToString().Trim(),
                    "flavours differ by file or by BuildFlavour, and rules have no exceptions"));
            }
        }
    }

    private static void CheckNode(SyntaxNodeAnalysisContext context)
    {
        if (ProductCode.IsExempt(context.Node.SyntaxTree))
        {
            return;
        }

        (string what, string why) = Judge(context);
        if (why.Length > 0)
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.Construct, context.Node.GetFirstToken().GetLocation(), what, why));
        }
    }

    private static (string What, string Why) Judge(SyntaxNodeAnalysisContext context) => context.Node switch
    {
        TryStatementSyntax => ("try", NoUnwinding),
        UsingStatementSyntax => ("using", NoUnwinding),
        LocalDeclarationStatementSyntax local when local.UsingKeyword != default => ("using", NoUnwinding),
        LockStatementSyntax => ("lock", "use VmLock or SharedLock, which a contained fault knows"),
        AwaitExpressionSyntax => ("await", "waiting is a state of the vCPU or of a host task"),
        YieldStatementSyntax => ("yield", "an iterator is a hidden allocation"),
        QueryExpressionSyntax => ("a query", "LINQ allocates; write the loop"),
        UsingDirectiveSyntax directive when directive.Name?.ToString() == "System.Linq" =>
            ("System.Linq", "LINQ allocates; write the loop"),
        ConstructorDeclarationSyntax constructor when constructor.Modifiers.Any(SyntaxKind.StaticKeyword) =>
            ("a static constructor", "its moment is nobody's choice; initialise the fields, or say when at boot"),
        DestructorDeclarationSyntax => ("a finalizer", "there is no garbage collector to call it"),
        EventFieldDeclarationSyntax => ("an event", "it allocates at every subscription; take an abstract type"),
        ArrayRankSpecifierSyntax { Rank: > 1 } => ("an array of several dimensions", "the core library has none"),
        MethodDeclarationSyntax method => JudgeMethod(method),
        AnonymousFunctionExpressionSyntax lambda => JudgeLambda(context.SemanticModel, lambda),
        AttributeSyntax attribute when attribute.Name.ToString() is "ThreadStatic" or "ThreadStaticAttribute" =>
            ("[ThreadStatic]", "a processor's data is in its Processor object"),
        _ => ("", ""),
    };

    private static (string What, string Why) JudgeMethod(MethodDeclarationSyntax method)
    {
        if (method.Modifiers.Any(SyntaxKind.AsyncKeyword))
        {
            return ("async", "waiting is a state of the vCPU or of a host task");
        }

        bool isVirtual = method.Modifiers.Any(static modifier =>
            modifier.Kind() is SyntaxKind.VirtualKeyword or SyntaxKind.AbstractKeyword);
        return isVirtual && method.TypeParameterList != null
            ? ("a generic virtual method", "ilc resolves it at run time, with a loader that is not here")
            : ("", "");
    }

    private static (string What, string Why) JudgeLambda(SemanticModel model, AnonymousFunctionExpressionSyntax lambda)
    {
        DataFlowAnalysis? flow = model.AnalyzeDataFlow(lambda);
        return flow is { Succeeded: true, CapturedInside.IsEmpty: false }
            || (flow != null && flow.DataFlowsIn.Any(static symbol => symbol is IParameterSymbol { IsThis: true }))
            ? ("a closure", NoClosure)
            : ("", "");
    }
}
