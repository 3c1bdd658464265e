// SPDX-License-Identifier: MIT
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hypervisor.Generators;

/// <summary>
/// Writes the other half of every struct that is marked with [Register]: see kernel/X64/RegisterAttribute.cs.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class RegisterGenerator : IIncrementalGenerator
{
    public const string RegisterAttribute = "Hypervisor.X64.RegisterAttribute";
    public const string BitAttribute = "Hypervisor.X64.BitAttribute";
    public const string BitsAttribute = "Hypervisor.X64.BitsAttribute";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<GeneratedRegister> registers = context.SyntaxProvider.ForAttributeWithMetadataName(
            RegisterAttribute,
            static (node, _) => node is StructDeclarationSyntax,
            static (syntax, cancellation) => Generate(syntax, cancellation));
        context.RegisterSourceOutput(registers, static (output, register) => register.AddTo(output));
    }

    private static GeneratedRegister Generate(GeneratorAttributeSyntaxContext syntax, CancellationToken cancellation)
    {
        var reader = new RegisterReader();
        RegisterModel? model = reader.Read((INamedTypeSymbol)syntax.TargetSymbol, syntax.Attributes[0], cancellation);
        string source = model == null ? "" : RegisterWriter.Write(model);
        return new GeneratedRegister(model?.HintName ?? "", source, reader.Problems);
    }
}
