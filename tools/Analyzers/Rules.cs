// SPDX-License-Identifier: MIT
using Microsoft.CodeAnalysis;

namespace Hypervisor.Analyzers;

/// <summary>Every rule that the build enforces; ARCHITECTURE.md says why each is there.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor Layer = Create(
        "HVA001", "References point down only", "'{0}' of layer {1} must not be known in layer {2}");

    public static readonly DiagnosticDescriptor Driver = Create(
        "HVA002", "No driver knows another", "'{0}' belongs to another driver ({1})");

    public static readonly DiagnosticDescriptor Unsafe = Create(
        "HVA003", "Unsafe code stays inside its fence", "{0} is not allowed in {1}");

    public static readonly DiagnosticDescriptor Size = Create(
        "HVA004", "A struct has the size that its [ExpectedSize] states", "'{0}' {1}");

    public static readonly DiagnosticDescriptor Construct = Create(
        "HVA005", "What the core library does not carry", "{0}: {1}");

    public static readonly DiagnosticDescriptor Boxing = Create(
        "HVA006", "No boxing", "'{0}' is boxed to '{1}', which allocates");

    public static readonly DiagnosticDescriptor Text = Create(
        "HVA007", "No text is built below the Machine layer", "{0} allocates a string; write the parts");

    public static readonly DiagnosticDescriptor Result = Create(
        "HVA008", "A result is looked at", "the result of '{0}' is ignored; use it or write '_ = ...'");

    private static DiagnosticDescriptor Create(string id, string title, string message) =>
        new(id, title, message, "Design", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
