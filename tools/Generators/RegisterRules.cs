// SPDX-License-Identifier: MIT
using Microsoft.CodeAnalysis;

namespace Hypervisor.Generators;

/// <summary>The errors that <see cref="RegisterGenerator"/> reports.</summary>
internal static class RegisterRules
{
    public static readonly DiagnosticDescriptor Shape = Create(
        "HVG001", "A register is a readonly partial struct", "'{0}' is marked [Register] but {1}");

    public static readonly DiagnosticDescriptor Range = Create(
        "HVG002", "A register's field lies inside the register", "'{0}' {1}");

    public static readonly DiagnosticDescriptor Overlap = Create(
        "HVG003", "A register's fields do not overlap", "'{0}' {1}; say Overlaps = true where it is meant");

    public static readonly DiagnosticDescriptor PropertyType = Create(
        "HVG004", "A field's type holds the field", "'{0}' {1}");

    public static readonly DiagnosticDescriptor PropertyShape = Create(
        "HVG005", "A register's field is a partial property with get and init", "'{0}' {1}");

    private static DiagnosticDescriptor Create(string id, string title, string message) =>
        new(id, title, message, "Registers", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
