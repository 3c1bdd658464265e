// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Hypervisor.Generators;

/// <summary>
/// What came out for one struct. Compared by value, so that the compiler's cache skips output that has not changed.
/// </summary>
internal sealed class GeneratedRegister : IEquatable<GeneratedRegister>
{
    private readonly string _hintName;
    private readonly string _source;
    private readonly IReadOnlyList<RegisterProblem> _problems;

    public GeneratedRegister(string hintName, string source, IReadOnlyList<RegisterProblem> problems)
    {
        _hintName = hintName;
        _source = source;
        _problems = problems;
    }

    public void AddTo(SourceProductionContext output)
    {
        foreach (RegisterProblem problem in _problems)
        {
            output.ReportDiagnostic(problem.ToDiagnostic());
        }

        if (_source.Length > 0)
        {
            output.AddSource(_hintName, SourceText.From(_source, Encoding.UTF8));
        }
    }

    public bool Equals(GeneratedRegister? other) =>
        other != null && _hintName == other._hintName && _source == other._source
        && _problems.SequenceEqual(other._problems);

    public override bool Equals(object? other) => Equals(other as GeneratedRegister);

    public override int GetHashCode() => _source.GetHashCode();
}
