// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Hypervisor.Analyzers;

/// <summary>
/// Finds allocations that the source does not show: boxing everywhere, strings below the Machine layer.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AllocationAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [Rules.Boxing, Rules.Text];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (ProductCode.IsProduct(start.Compilation))
            {
                int machine = ProductCode.LayerOf("Machine");
                start.RegisterOperationAction(CheckConversion, OperationKind.Conversion);
                start.RegisterOperationAction(
                    operation => CheckText(operation, machine),
                    OperationKind.Binary,
                    OperationKind.CompoundAssignment,
                    OperationKind.InterpolatedString);
            }
        });
    }

    private static void CheckConversion(OperationAnalysisContext context)
    {
        var conversion = (IConversionOperation)context.Operation;
        if (ProductCode.IsExempt(conversion.Syntax.SyntaxTree)
            || conversion.Operand.Type is not { IsValueType: true } from
            || conversion.Type is not { IsReferenceType: true } to
            || conversion.OperatorMethod != null
            || conversion.Parent is IThrowOperation)
        {
            return;
        }

        context.ReportDiagnostic(Diagnostic.Create(
            Rules.Boxing, conversion.Syntax.GetLocation(), from.ToDisplayString(), to.ToDisplayString()));
    }

    private static void CheckText(OperationAnalysisContext context, int machineLayer)
    {
        IOperation operation = context.Operation;
        int layer = ProductCode.LayerOf(context.ContainingSymbol.ContainingNamespace);
        if (layer < 0
            || layer >= machineLayer
            || operation.ConstantValue.HasValue
            || operation.Type?.SpecialType != SpecialType.System_String
            || ProductCode.IsExempt(operation.Syntax.SyntaxTree)
            || IsInHandlerOrThrow(operation))
        {
            return;
        }

        string what = operation is IInterpolatedStringOperation ? "an interpolated string" : "a concatenation";
        context.ReportDiagnostic(Diagnostic.Create(Rules.Text, operation.Syntax.GetLocation(), what));
    }

    /// <summary>
    /// True for $"..." that an interpolated-string handler takes apart, and for the text of an exception.
    /// </summary>
    private static bool IsInHandlerOrThrow(IOperation operation)
    {
        for (IOperation? outer = operation.Parent; outer != null; outer = outer.Parent)
        {
            switch (outer)
            {
                case IInterpolatedStringHandlerCreationOperation:
                case IThrowOperation:
                    return true;
                case IExpressionStatementOperation:
                case IMethodBodyOperation:
                    return false;
            }
        }

        return false;
    }
}
