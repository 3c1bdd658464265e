// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Hypervisor.Analyzers;

/// <summary>Where unsafe code is allowed.</summary>
internal static class UnsafeFence
{
    private static readonly string[] s_insideNamespaces =
    [
        "Hypervisor.Boot",
        "Hypervisor.Runtime",
        "Hypervisor.X64",
        "Hypervisor.Memory",
        "Hypervisor.Platform.Acpi",
        "Hypervisor.Virtualization.Svm",
        "Hypervisor.Virtualization.Vmx",
    ];

    /// <summary>
    /// The classes that are unsafe by their business: they reach around the type system or around C#.
    /// </summary>
    private static readonly string[] s_unsafeTypes =
    [
        "System.Runtime.CompilerServices.Unsafe",
        "System.Runtime.InteropServices.MemoryMarshal",
        "System.Runtime.InteropServices.Marshal",
        "System.Runtime.InteropServices.NativeMemory",
        "System.Runtime.InteropServices.CollectionsMarshal",
    ];

    /// <summary>
    /// True where <paramref name="type"/> may be unsafe: one of the low namespaces, or a driver's register block.
    /// </summary>
    public static bool IsInside(INamedTypeSymbol? type)
    {
        string space = type?.ContainingNamespace?.ToDisplayString() ?? "";
        if (space.StartsWith("Hypervisor.Drivers", StringComparison.Ordinal))
        {
            return Outermost(type!).Name.EndsWith("Registers", StringComparison.Ordinal);
        }

        return s_insideNamespaces.Any(inside =>
            space == inside || space.StartsWith(inside + ".", StringComparison.Ordinal));
    }

    public static bool IsUnsafeType(INamedTypeSymbol? type) =>
        type != null && s_unsafeTypes.Contains(type.OriginalDefinition.ToDisplayString());

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type)
    {
        while (type.ContainingType != null)
        {
            type = type.ContainingType;
        }

        return type;
    }
}
