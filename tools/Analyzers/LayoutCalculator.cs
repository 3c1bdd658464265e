// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace Hypervisor.Analyzers;

/// <summary>The size and the alignment of a blittable struct on x86-64, as the compiler lays it out.</summary>
internal static class LayoutCalculator
{
    private const int PointerSize = 8;

    /// <summary>
    /// The size in bytes, or false where it has none that is fixed: references, automatic layout, generics.
    /// </summary>
    public static bool TryMeasure(ITypeSymbol type, out int size, out int alignment)
    {
        (size, alignment) = type.SpecialType switch
        {
            SpecialType.System_Boolean or SpecialType.System_Byte or SpecialType.System_SByte => (1, 1),
            SpecialType.System_Char or SpecialType.System_Int16 or SpecialType.System_UInt16 => (2, 2),
            SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single => (4, 4),
            SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double => (8, 8),
            SpecialType.System_IntPtr or SpecialType.System_UIntPtr => (PointerSize, PointerSize),
            _ => (0, 0),
        };
        if (size != 0)
        {
            return true;
        }

        switch (type)
        {
            case IPointerTypeSymbol:
            case IFunctionPointerTypeSymbol:
                size = alignment = PointerSize;
                return true;
            case INamedTypeSymbol { EnumUnderlyingType: { } underlying }:
                return TryMeasure(underlying, out size, out alignment);
            case INamedTypeSymbol { TypeKind: TypeKind.Struct, IsGenericType: false } named:
                return TryMeasureStruct(named, out size, out alignment);
            default:
                return false;
        }
    }

    /// <summary>What [ExpectedSize] states; 0 where it is absent.</summary>
    public static int StatedSize(INamedTypeSymbol type) =>
        Find(type, "ExpectedSizeAttribute")?.ConstructorArguments.FirstOrDefault().Value is int bytes ? bytes : 0;

    private static bool TryMeasureStruct(INamedTypeSymbol type, out int size, out int alignment)
    {
        size = 0;
        alignment = 1;
        IFieldSymbol[] fields = type.GetMembers()
            .OfType<IFieldSymbol>()
            .Where(static field => !field.IsStatic)
            .ToArray();
        if (type.DeclaringSyntaxReferences.Length == 0)
        {
            // Of a struct in another assembly only the stated size is known here; that assembly's build checked it.
            size = StatedSize(type);
            alignment = fields.Select(static field => TryMeasure(field.Type, out _, out int each) ? each : 1)
                .DefaultIfEmpty(1)
                .Max();
            return size > 0;
        }

        AttributeData? layout = Find(type, "StructLayoutAttribute");
        LayoutKind kind = layout?.ConstructorArguments.FirstOrDefault().Value switch
        {
            int number => (LayoutKind)number,
            short number => (LayoutKind)number,
            _ => LayoutKind.Sequential,
        };
        int pack = Named(layout, "Pack");
        foreach (IFieldSymbol field in fields)
        {
            if (kind == LayoutKind.Auto || !TryMeasureField(field, out int fieldSize, out int fieldAlignment))
            {
                return false;
            }

            int packed = pack == 0 ? fieldAlignment : Math.Min(pack, fieldAlignment);
            int offset = kind == LayoutKind.Explicit ? OffsetOf(field) : RoundUp(size, packed);
            size = Math.Max(size, offset + fieldSize);
            alignment = Math.Max(alignment, packed);
        }

        size = RoundUp(Math.Max(size, 1), alignment);
        if (Find(type, "InlineArrayAttribute")?.ConstructorArguments.FirstOrDefault().Value is int length)
        {
            size *= length;
        }

        size = Math.Max(size, Named(layout, "Size"));
        return true;
    }

    private static bool TryMeasureField(IFieldSymbol field, out int size, out int alignment)
    {
        if (!field.IsFixedSizeBuffer)
        {
            return TryMeasure(field.Type, out size, out alignment);
        }

        bool known = TryMeasure(((IPointerTypeSymbol)field.Type).PointedAtType, out size, out alignment);
        size *= field.FixedSize;
        return known;
    }

    private static int OffsetOf(IFieldSymbol field) =>
        Find(field, "FieldOffsetAttribute")?.ConstructorArguments.FirstOrDefault().Value is int offset ? offset : 0;

    private static int Named(AttributeData? attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute?.NamedArguments ?? [])
        {
            if (argument.Key == name && argument.Value.Value is int value)
            {
                return value;
            }
        }

        return 0;
    }

    private static AttributeData? Find(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == name);

    private static int RoundUp(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
