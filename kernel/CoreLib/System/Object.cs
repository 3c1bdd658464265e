// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

public unsafe class Object
{
    // First field by contract with ilc: every object starts with its method table.
    internal MethodTable* _methodTable;

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

    public Type GetType() => new RuntimeType(_methodTable);

    public static bool Equals(object? objA, object? objB) =>
        objA == objB || (objA is not null && objB is not null && objA.Equals(objB));

    public static bool ReferenceEquals(object? objA, object? objB) => objA == objB;
}
