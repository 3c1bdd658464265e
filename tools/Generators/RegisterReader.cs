// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hypervisor.Generators;

/// <summary>Turns a struct's symbol into a <see cref="RegisterModel"/> and collects what is wrong with it.</summary>
internal sealed class RegisterReader
{
    private readonly List<RegisterProblem> _problems = new();

    public IReadOnlyList<RegisterProblem> Problems => _problems;

    /// <summary>
    /// The register, or null where the struct itself is of the wrong shape; a wrong field is left out.
    /// </summary>
    public RegisterModel? Read(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellation)
    {
        var rawType = attribute.ConstructorArguments.FirstOrDefault().Value as ITypeSymbol;
        int width = IntegerWidth(rawType, out bool signed);
        if (rawType == null || width == 0 || signed)
        {
            _problems.Add(new(RegisterRules.Shape, type, "its raw type is none of ulong, uint, ushort and byte"));
            return null;
        }

        if (!IsPartial(type) || !type.IsReadOnly)
        {
            _problems.Add(new(RegisterRules.Shape, type, "it is not a readonly partial struct"));
            return null;
        }

        string space = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString();
        string hint = type.ToDisplayString().Replace('<', '_').Replace('>', '_') + ".g.cs";
        var model = new RegisterModel(hint, space, type.Name, rawType.ToDisplayString(), width)
        {
            HasEquality = type.GetMembers("op_Equality").Length > 0,
        };
        ReadContainers(type, model);
        foreach (IPropertySymbol property in type.GetMembers().OfType<IPropertySymbol>())
        {
            cancellation.ThrowIfCancellationRequested();
            ReadProperty(property, model);
        }

        return model;
    }

    private static bool IsPartial(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Any(static reference =>
            reference.GetSyntax() is TypeDeclarationSyntax declaration
            && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private void ReadContainers(INamedTypeSymbol type, RegisterModel model)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer != null; outer = outer.ContainingType)
        {
            if (!IsPartial(outer))
            {
                _problems.Add(new(RegisterRules.Shape, type, $"'{outer.Name}' around it is not partial"));
            }

            model.Containers.Insert(0, (outer.IsValueType ? "partial struct " : "partial class ") + outer.Name);
        }
    }

    private void ReadProperty(IPropertySymbol property, RegisterModel model)
    {
        AttributeData? bit = Find(property, RegisterGenerator.BitAttribute);
        AttributeData? bits = Find(property, RegisterGenerator.BitsAttribute);
        AttributeData? attribute = bit ?? bits;
        if (attribute == null || !HasIntegers(attribute, bit != null ? 1 : 2))
        {
            return;
        }

        int high = (int)attribute.ConstructorArguments[0].Value!;
        int low = (int)attribute.ConstructorArguments[bit != null ? 0 : 1].Value!;
        bool overlaps = attribute.NamedArguments.Any(static pair => pair.Key == "Overlaps" && pair.Value.Value is true);
        if (bit != null && bits != null)
        {
            _problems.Add(new(RegisterRules.PropertyShape, property, "is marked with both [Bit] and [Bits]"));
        }
        else if (low < 0 || high < low || high >= model.Width)
        {
            string place = low == high ? $"is bit {high}" : $"is bits {high}:{low}";
            _problems.Add(new(RegisterRules.Range, property, $"{place} of a register of {model.Width} bits"));
        }
        else if (CheckType(property, bit != null, high - low + 1)
            && CheckShape(property, out string modifiers)
            && (overlaps || CheckOverlap(property, model, high, low)))
        {
            string type = property.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
            model.Fields.Add(new RegisterField(modifiers, type, property.Name, high, low, bit != null)
            {
                HasGet = property.GetMethod != null,
                HasInit = property.SetMethod != null,
            });
        }
    }

    private bool CheckType(IPropertySymbol property, bool isBit, int fieldWidth)
    {
        if (isBit)
        {
            if (property.Type.SpecialType == SpecialType.System_Boolean)
            {
                return true;
            }

            _problems.Add(new(RegisterRules.PropertyType, property, "is marked [Bit] and so must be a bool"));
            return false;
        }

        int typeWidth = IntegerWidth(property.Type, out bool signed) - (signed ? 1 : 0);
        if (typeWidth >= fieldWidth)
        {
            return true;
        }

        string name = property.Type.ToDisplayString();
        _problems.Add(new(
            RegisterRules.PropertyType,
            property,
            typeWidth <= 0 ? $"is a {name}: neither an integer nor an enum" : $"of {fieldWidth} bits is a {name}"));
        return false;
    }

    private bool CheckShape(IPropertySymbol property, out string modifiers)
    {
        modifiers = "";
        if (property.DeclaringSyntaxReferences[0].GetSyntax() is not PropertyDeclarationSyntax syntax
            || !syntax.Modifiers.Any(SyntaxKind.PartialKeyword)
            || property.SetMethod is { IsInitOnly: false })
        {
            _problems.Add(new(
                RegisterRules.PropertyShape, property, "must be 'partial' with 'get' and perhaps 'init'"));
            return false;
        }

        modifiers = string.Join(" ", syntax.Modifiers.Select(static modifier => modifier.Text));
        return true;
    }

    private bool CheckOverlap(IPropertySymbol property, RegisterModel model, int high, int low)
    {
        foreach (RegisterField other in model.Fields)
        {
            if (low <= other.High && other.Low <= high)
            {
                _problems.Add(new(RegisterRules.Overlap, property, $"overlaps '{other.Name}'"));
                return false;
            }
        }

        return true;
    }

    private static bool HasIntegers(AttributeData attribute, int count) =>
        attribute.ConstructorArguments.Length == count
        && attribute.ConstructorArguments.All(static argument => argument.Value is int);

    private static AttributeData? Find(IPropertySymbol property, string name) =>
        property.GetAttributes().FirstOrDefault(data => data.AttributeClass?.ToDisplayString() == name);

    /// <summary>The width in bits of an integer or an enum; 0 for anything else.</summary>
    private static int IntegerWidth(ITypeSymbol? type, out bool signed)
    {
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
        {
            type = underlying;
        }

        signed = type?.SpecialType is SpecialType.System_SByte or SpecialType.System_Int16 or SpecialType.System_Int32
            or SpecialType.System_Int64;
        switch (type?.SpecialType)
        {
            case SpecialType.System_Byte:
            case SpecialType.System_SByte:
                return 8;
            case SpecialType.System_UInt16:
            case SpecialType.System_Int16:
                return 16;
            case SpecialType.System_UInt32:
            case SpecialType.System_Int32:
                return 32;
            case SpecialType.System_UInt64:
            case SpecialType.System_Int64:
                return 64;
            default:
                return 0;
        }
    }
}
