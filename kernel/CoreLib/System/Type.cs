// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>The identity of a type, for comparisons only: the image carries no reflection metadata.</summary>
public sealed unsafe class Type
{
    private readonly MethodTable* _table;

    private Type(MethodTable* table)
    {
        _table = table;
    }

    public bool IsValueType => _table->IsValueType;

    internal static Type FromMethodTable(MethodTable* table) => new(table);

    [Intrinsic]
    public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => new((MethodTable*)handle.Value);

    public override bool Equals(object? obj) => obj is Type other && other._table == _table;

    public override int GetHashCode() => _table->HashCode;

    [Intrinsic]
    public static bool operator ==(Type? left, Type? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left._table == right._table);

    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !(left == right);
}
