// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Hypervisor.Generators;

/// <summary>One register as the source names it.</summary>
internal sealed class RegisterModel
{
    public RegisterModel(string fileName, string space, string name, string rawType, int width)
    {
        HintName = fileName;
        Namespace = space;
        Name = name;
        RawType = rawType;
        Width = width;
    }

    /// <summary>The name of the generated file.</summary>
    public string HintName { get; }

    /// <summary>The namespace; empty for the global one.</summary>
    public string Namespace { get; }

    public string Name { get; }

    /// <summary>The C# keyword of the raw type.</summary>
    public string RawType { get; }

    /// <summary>The register's width in bits.</summary>
    public int Width { get; }

    /// <summary>
    /// The declarations of the types around the struct, outermost first (<c>partial class Outer</c>).
    /// </summary>
    public List<string> Containers { get; } = new();

    public List<RegisterField> Fields { get; } = new();

    /// <summary>True where the source has an equality operator of its own.</summary>
    public bool HasEquality { get; set; }
}
