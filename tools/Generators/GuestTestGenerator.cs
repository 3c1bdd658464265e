// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hypervisor.Generators;

/// <summary>
/// Writes the table of a test guest's tests: every static method marked with [GuestTest], ordered by name.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class GuestTestGenerator : IIncrementalGenerator
{
    public const string GuestTestAttribute = "Hypervisor.Guests.Kit.GuestTestAttribute";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<string> calls = context.SyntaxProvider.ForAttributeWithMetadataName(
            GuestTestAttribute,
            static (node, _) => node is MethodDeclarationSyntax,
            static (syntax, _) => Call((IMethodSymbol)syntax.TargetSymbol, syntax.Attributes[0]));
        context.RegisterSourceOutput(calls.Collect(), Write);
    }

    private static string Call(IMethodSymbol method, AttributeData attribute)
    {
        string group = method.ContainingType.Name;
        group = group.EndsWith("Tests") ? group.Substring(0, group.Length - "Tests".Length) : group;
        bool onlyByName =
            attribute.NamedArguments.Any(static pair => pair.Key == "OnlyByName" && pair.Value.Value is true);
        string target = method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string isOnlyByName = onlyByName ? "true" : "false";
        return $"        runner.Run(\"{group}.{method.Name}\", {isOnlyByName}, {target}.{method.Name});";
    }

    private static void Write(SourceProductionContext output, ImmutableArray<string> calls)
    {
        if (calls.IsEmpty)
        {
            return;
        }

        var text = new StringBuilder();
        text.AppendLine("namespace Hypervisor.Guests.Kit;");
        text.AppendLine();
        text.AppendLine("internal static class GuestTestTable");
        text.AppendLine("{");
        text.AppendLine("    internal static void RunAll(TestRunner runner)");
        text.AppendLine("    {");
        foreach (string call in calls.OrderBy(static call => call, System.StringComparer.Ordinal))
        {
            text.AppendLine(call);
        }

        text.AppendLine("    }");
        text.AppendLine("}");
        output.AddSource("GuestTestTable.g.cs", text.ToString());
    }
}
