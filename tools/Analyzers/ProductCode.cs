// SPDX-License-Identifier: MIT
using System;
using Microsoft.CodeAnalysis;

namespace Hypervisor.Analyzers;

/// <summary>Which code the rules are about, and where in the tree a name belongs.</summary>
internal static class ProductCode
{
    private const string DriversPrefix = "Hypervisor.Drivers.";

    private static readonly string[] s_layers =
    [
        "Runtime", "X64", "Memory", "Platform", "Virtualization", "Devices", "Machine", "Console",
    ];

    /// <summary>
    /// True for the assemblies that are linked into the hypervisor, in both flavours, without CoreLib.
    /// </summary>
    public static bool IsProduct(Compilation compilation)
    {
        string name = compilation.AssemblyName ?? "";
        return name.StartsWith("Hypervisor.Kernel", StringComparison.Ordinal)
            || name.StartsWith("Hypervisor.Drivers", StringComparison.Ordinal)
            || name == "Hypervisor.Boot";
    }

    /// <summary>True for the fakes of the host flavour and for generated files: no rule is about them.</summary>
    public static bool IsExempt(SyntaxTree tree)
    {
        string path = tree.FilePath.Replace('\\', '/');
        return path.Contains("/tests/Host/Fakes/")
            || path.Contains("/obj/")
            || path.EndsWith(".g.cs", StringComparison.Ordinal);
    }

    /// <summary>The layer of a namespace: 0 at the bottom; -1 where it is in none.</summary>
    public static int LayerOf(INamespaceSymbol? space) => LayerOf(TopFolder(space));

    /// <summary>The layer of the given name.</summary>
    public static int LayerOf(string name) => Array.IndexOf(s_layers, name);

    public static string LayerName(int layer) => s_layers[layer];

    /// <summary>The driver that a namespace belongs to; empty where it is none's.</summary>
    public static string DriverOf(INamespaceSymbol? space)
    {
        string name = space?.ToDisplayString() ?? "";
        if (!name.StartsWith(DriversPrefix, StringComparison.Ordinal))
        {
            return "";
        }

        string rest = name.Substring(DriversPrefix.Length);
        int dot = rest.IndexOf('.');
        return dot < 0 ? rest : rest.Substring(0, dot);
    }

    /// <summary>The namespace right below Hypervisor around a namespace; empty outside of Hypervisor.</summary>
    private static string TopFolder(INamespaceSymbol? space)
    {
        for (INamespaceSymbol? inner = space; inner != null; inner = inner.ContainingNamespace)
        {
            INamespaceSymbol? outer = inner.ContainingNamespace;
            if (outer is { Name: "Hypervisor", ContainingNamespace.IsGlobalNamespace: true })
            {
                return inner.Name;
            }
        }

        return "";
    }
}
