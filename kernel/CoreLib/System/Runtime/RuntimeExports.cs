// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Hypervisor.Runtime;
using Internal.Runtime;

namespace System.Runtime;

/// <summary>The services that ilc calls by these names: boxing, unboxing, and the few ends of the line.</summary>
internal static unsafe class RuntimeExports
{
    internal static object RhNewObject(MethodTable* type) => RuntimeImports.NewObject(type);

    internal static object RhNewArray(MethodTable* type, int length) => RuntimeImports.NewArray(type, length);

    internal static object? RhBox(MethodTable* type, ref byte data)
    {
        ref byte value = ref data;
        if (type->IsNullable)
        {
            if (data == 0)
            {
                return null;
            }
            value = ref Unsafe.AddByteOffset(ref data, (nuint)type->NullableValueOffset);
            type = type->Related;
        }
        object box = RuntimeImports.NewObject(type);
        Buffer.BulkMoveWithWriteBarrier(ref box.RawData(), ref value, type->ValueSize);
        return box;
    }

    internal static ref byte RhUnbox2(MethodTable* type, object obj)
    {
        RhUnboxTypeTest(type, obj.m_pEEType);
        return ref obj.RawData();
    }

    internal static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxed)
    {
        // An enum and its number have tables of their own but may be unboxed as each other.
        if (type != boxed && !(boxed->ElementType == type->ElementType && type->IsPrimitive && boxed->IsPrimitive))
        {
            ThrowHelper.Fault(FaultKind.InvalidCast);
        }
    }

    internal static void RhUnbox(object? obj, ref byte data, MethodTable* type)
    {
        if (type->IsNullable)
        {
            RhUnboxNullable(ref data, type, obj);
            return;
        }
        RhUnboxTypeTest(type, obj!.m_pEEType);
        Buffer.BulkMoveWithWriteBarrier(ref data, ref obj.RawData(), type->ValueSize);
    }

    internal static void RhUnboxNullable(ref byte data, MethodTable* type, object? obj)
    {
        if (obj is null)
        {
            SpanHelpers.ClearWithoutReferences(ref data, type->ValueSize);
            return;
        }
        RhUnboxTypeTest(type->Related, obj.m_pEEType);
        data = 1;
        Buffer.BulkMoveWithWriteBarrier(
            ref Unsafe.AddByteOffset(ref data, (nuint)type->NullableValueOffset),
            ref obj.RawData(),
            type->Related->ValueSize);
    }

    // ilc roots start-up code of its own that calls these two; nothing calls that code.
    [RuntimeExport("RhpReversePInvoke")]
    private static void ReversePInvoke(nint frame)
    {
    }

    [RuntimeExport("RhpReversePInvokeReturn")]
    private static void ReversePInvokeReturn(nint frame)
    {
    }

    [RuntimeExport("RhpThrowEx")]
    private static void Throw(Exception? exception)
    {
        FaultKind kind = exception is null ? FaultKind.NullReference : exception.Kind;
        RuntimeImports.Fault((int)kind, *(nint*)Unsafe.AsPointer(ref exception));
    }

    [RuntimeExport("RhpRethrow")]
    private static void Rethrow() => ThrowHelper.Fault(FaultKind.Exception);

    [RuntimeExport("RhpFallbackFailFast")]
    private static void FailFast() => ThrowHelper.Fault(FaultKind.StackCorrupted);

    private static ref byte RawData(this object obj) => ref Unsafe.As<RawData>(obj).Data;
}
