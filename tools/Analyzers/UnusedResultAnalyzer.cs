// SPDX-License-Identifier: MIT
using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Hypervisor.Analyzers;

/// <summary>
/// What a Try... method or one with a result enum of ours says must be used, or discarded in writing.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnusedResultAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Result];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ProductCode.IsProduct(start.Compilation))
            {
                start.RegisterOperationAction(Check, OperationKind.ExpressionStatement);
            }
        });
    }

    private static void Check(OperationAnalysisContext context)
    {
        var statement = (IExpressionStatementOperation)context.Operation;
        if (statement.Operation is IInvocationOperation call
            && IsResult(call.TargetMethod)
            && !ProductCode.IsExempt(call.Syntax.SyntaxTree))
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.Result, call.Syntax.GetLocation(), call.TargetMethod.Name));
        }
    }

    private static bool IsResult(IMethodSymbol method)
    {
        ITypeSymbol type = method.ReturnType;
        return type.SpecialType == SpecialType.System_Boolean
            ? method.Name.StartsWith("Try", StringComparison.Ordinal)
            : type.TypeKind == TypeKind.Enum
                && type.ContainingNamespace.ToDisplayString().StartsWith("Hypervisor", StringComparison.Ordinal);
    }
}
