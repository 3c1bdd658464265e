// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

public unsafe class Object
{
    // First field and known by this name to ilc: every object starts with its method table.
    internal MethodTable* m_pEEType;

    public Object()
    {
    }

    // ilc overrides a destructor by this name; nothing here ever runs one.
    ~Object()
    {
    }

    public virtual bool Equals(object? obj) => this == obj;

    public virtual int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    public virtual string? ToString() => "object";

    [Intrinsic]
    public Type GetType() => new RuntimeType(m_pEEType);

    public static bool Equals(object? objA, object? objB) =>
        objA == objB || (objA is not null && objB is not null && objA.Equals(objB));

    public static bool ReferenceEquals(object? objA, object? objB) => objA == objB;
}
