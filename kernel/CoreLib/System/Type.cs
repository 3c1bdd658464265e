// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>The identity of a type, for comparisons only: the image carries no reflection metadata.</summary>
public abstract unsafe class Type
{
    public bool IsValueType
    {
        [Intrinsic]
        get => Table->IsValueType;
    }

    internal abstract MethodTable* Table { get; }

    [Intrinsic]
    public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => new RuntimeType((MethodTable*)handle.Value);

    public override bool Equals(object? obj) => obj is Type other && other.Table == Table;

    public override int GetHashCode() => Table->HashCode;

    [Intrinsic]
    public static bool operator ==(Type? left, Type? right) =>
        ReferenceEquals(left, right) || (left is not null && right is not null && left.Table == right.Table);

    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !(left == right);
}
