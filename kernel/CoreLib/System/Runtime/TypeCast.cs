// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>
/// The casts that ilc calls by these names. Variance of generic interfaces is not honoured: a cast asks for exactly the
/// interface that the type implements.
/// </summary>
internal static unsafe class TypeCast
{
    internal static object? IsInstanceOfAny(MethodTable* target, object? obj) =>
        obj is not null && IsAssignable(obj.m_pEEType, target) ? obj : null;

    internal static object? IsInstanceOfClass(MethodTable* target, object? obj) =>
        obj is not null && IsClass(obj.m_pEEType, target) ? obj : null;

    internal static object? IsInstanceOfInterface(MethodTable* target, object? obj) =>
        obj is not null && Implements(obj.m_pEEType, target) ? obj : null;

    internal static bool IsInstanceOfException(MethodTable* target, object? obj) =>
        obj is not null && IsClass(obj.m_pEEType, target);

    internal static object? CheckCastAny(MethodTable* target, object? obj) =>
        obj is null || IsAssignable(obj.m_pEEType, target) ? obj : Refuse();

    internal static object? CheckCastClass(MethodTable* target, object? obj) =>
        obj is null || IsClass(obj.m_pEEType, target) ? obj : Refuse();

    internal static object? CheckCastClassSpecial(MethodTable* target, object? obj) =>
        obj is null || IsClass(obj.m_pEEType, target) ? obj : Refuse();

    internal static object? CheckCastInterface(MethodTable* target, object? obj) =>
        obj is null || Implements(obj.m_pEEType, target) ? obj : Refuse();

    internal static void StelemRef(object?[] array, nint index, object? obj)
    {
        ref object? slot = ref ElementAt(array, index);
        MethodTable* element = array.m_pEEType->Related;
        if (obj is not null && obj.m_pEEType != element && !IsAssignable(obj.m_pEEType, element))
        {
            ThrowHelper.Fault(FaultKind.ArrayTypeMismatch);
        }
        RuntimeImports.AssignReference(ref slot, obj);
    }

    internal static ref object? LdelemaRef(object?[] array, nint index, MethodTable* elementType)
    {
        if (array.m_pEEType->Related != elementType)
        {
            ThrowHelper.Fault(FaultKind.ArrayTypeMismatch);
        }
        return ref ElementAt(array, index);
    }

    internal static bool IsAssignable(MethodTable* source, MethodTable* target)
    {
        if (source == target)
        {
            return true;
        }
        if (target->IsInterface)
        {
            return Implements(source, target);
        }
        if (target->IsArray && source->IsArray)
        {
            // A value type's array is only itself, which was asked above.
            MethodTable* from = source->Related;
            return !from->IsValueType && !target->Related->IsValueType && IsAssignable(from, target->Related);
        }
        return IsClass(source, target);
    }

    private static bool IsClass(MethodTable* source, MethodTable* target)
    {
        if (source->IsArray)
        {
            return source == target
                || target == MethodTable.Of<Array>()
                || target == MethodTable.Of<object>();
        }
        for (MethodTable* type = source; type != null; type = type->Related)
        {
            if (type == target)
            {
                return true;
            }
        }
        return false;
    }

    private static bool Implements(MethodTable* source, MethodTable* target)
    {
        int count = source->InterfaceCount;
        for (int i = 0; i < count; i++)
        {
            if (MethodTable.Interface(source, i) == target)
            {
                return true;
            }
        }
        return false;
    }

    private static ref object? ElementAt(object?[] array, nint index)
    {
        if ((nuint)index >= (uint)array.Length)
        {
            ThrowHelper.IndexOutOfRange();
        }
        return ref Unsafe.Add(ref Unsafe.As<byte, object?>(ref array.DataReference), index);
    }

    private static object? Refuse()
    {
        ThrowHelper.Fault(FaultKind.InvalidCast);
        return null;
    }
}
