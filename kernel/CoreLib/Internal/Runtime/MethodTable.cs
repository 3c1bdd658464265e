// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>
/// The head of a type's description as ilc 10 emits it: then come the vtable, the interfaces, and a run of optional
/// self-relative pointers whose presence the flags tell.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MethodTable
{
    private const uint ElementTypeShift = 26;
    private const uint ElementTypeMask = 31;
    private const uint KindMask = 0x30000;
    private const uint KindParameterized = 0x20000;
    private const uint HasDispatchMapFlag = 0x40000;
    private const uint HasFinalizerFlag = 0x100000;
    private const uint HasPointersFlag = 0x1000000;
    private const uint HasComponentSizeFlag = 0x80000000;
    private const int HeaderSize = 24;

    internal uint Flags;
    internal uint BaseSize;
    internal MethodTable* Related;
    internal ushort VtableSlots;
    internal ushort InterfaceCount;
    internal int HashCode;

    internal readonly uint ElementType => (Flags >> (int)ElementTypeShift) & ElementTypeMask;

    /// <summary>Numbers, characters, truth values, and the enums over them.</summary>
    internal readonly bool IsPrimitive => ElementType is >= 0x02 and < 0x10;

    internal readonly bool IsValueType => ElementType < 0x14;

    internal readonly bool IsInterface => ElementType == 0x15;

    internal readonly bool IsArray => ElementType is 0x17 or 0x18;

    internal readonly bool IsNullable => ElementType == 0x12;

    internal readonly bool IsParameterized => (Flags & KindMask) == KindParameterized;

    internal readonly bool ContainsReferences => (Flags & HasPointersFlag) != 0;

    internal readonly nuint ComponentSize => (Flags & HasComponentSizeFlag) != 0 ? Flags & 0xffff : 0;

    /// <summary>
    /// Bytes of a value type without the box around it: object header, method table pointer, padding.
    /// </summary>
    internal readonly uint ValueSize => BaseSize - 16 - ((Flags >> 5) & 7);

    /// <summary>Where the value lies in a Nullable of this type.</summary>
    internal readonly uint NullableValueOffset => 1u << (int)((Flags >> 8) & 7);

    internal readonly bool HasDispatchMap => (Flags & HasDispatchMapFlag) != 0;

    [Intrinsic]
    internal static extern MethodTable* Of<T>();

    internal static MethodTable* Interface(MethodTable* type, int index) =>
        ((MethodTable**)((byte*)type + HeaderSize + (type->VtableSlots * 8)))[index];

    internal static nint VirtualMethod(MethodTable* type, int slot) => ((nint*)((byte*)type + HeaderSize))[slot];

    internal static byte* DispatchMap(MethodTable* type) => Optional(type, 2);

    internal static nint SealedMethod(MethodTable* type, int slot)
    {
        int index = 2 + Present(type, HasDispatchMapFlag) + Present(type, HasFinalizerFlag);
        int* slots = (int*)Optional(type, index);
        return (nint)((byte*)(slots + slot) + slots[slot]);
    }

    private static int Present(MethodTable* type, uint flag) => (type->Flags & flag) != 0 ? 1 : 0;

    private static byte* Optional(MethodTable* type, int index)
    {
        int* field = (int*)((byte*)type + HeaderSize + ((type->VtableSlots + type->InterfaceCount) * 8)) + index;
        return (byte*)field + *field;
    }
}
