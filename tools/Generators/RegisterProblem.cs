// SPDX-License-Identifier: MIT
using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Hypervisor.Generators;

/// <summary>
/// A diagnostic before it is reported: without syntax trees, so that the compiler's cache can compare it.
/// </summary>
internal sealed class RegisterProblem : IEquatable<RegisterProblem>
{
    private readonly DiagnosticDescriptor _rule;
    private readonly string _path;
    private readonly TextSpan _span;
    private readonly LinePositionSpan _lines;
    private readonly string _name;
    private readonly string _detail;

    public RegisterProblem(DiagnosticDescriptor rule, ISymbol symbol, string detail)
    {
        _rule = rule;
        _name = symbol.Name;
        _detail = detail;
        Location location = symbol.Locations[0];
        _path = location.SourceTree?.FilePath ?? "";
        _span = location.SourceSpan;
        _lines = location.GetLineSpan().Span;
    }

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(_rule, Location.Create(_path, _span, _lines), _name, _detail);

    public bool Equals(RegisterProblem? other) =>
        other != null && _rule.Id == other._rule.Id && _path == other._path && _span == other._span
        && _lines == other._lines && _name == other._name && _detail == other._detail;

    public override bool Equals(object? other) => Equals(other as RegisterProblem);

    public override int GetHashCode() => _span.GetHashCode();
}
