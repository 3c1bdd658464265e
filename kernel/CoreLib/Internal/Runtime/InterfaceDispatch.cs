// SPDX-License-Identifier: MIT
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Threading;
using Hypervisor.Runtime;

namespace Internal.Runtime;

/// <summary>
/// Finds the method behind an interface call. The stub in Runtime.S looks into the cache first; entries are never
/// changed once written, so that neither an interrupt nor another processor can tear one.
/// </summary>
internal static unsafe class InterfaceDispatch
{
    // Runtime.S knows these three.
    private const int CacheBits = 9;
    private const int ProbeLimit = 4;
    private const ulong HashMultiplier = 0x9e3779b97f4a7c15;

    /// <summary>
    /// The code that a call through <paramref name="dispatchCell"/> on <paramref name="target"/> reaches.
    /// </summary>
    internal static nint ResolveCell(object target, nint dispatchCell) =>
        Resolve(target.m_pEEType, (nint*)dispatchCell);

    [RuntimeExport("HvResolveInterface")]
    private static nint ResolveAndRemember(object target, nint* cell)
    {
        MethodTable* type = target.m_pEEType;
        nint code = Resolve(type, cell);
        Remember(((ulong)type << 32) | (uint)(nuint)cell, code);
        return code;
    }

    [RuntimeExport("RhpResolveInterfaceMethod")]
    private static nint ResolveForDelegate(object target, nint cell) => ResolveCell(target, cell);

    private static void Remember(ulong key, nint code)
    {
        DispatchCacheEntry* cache = RuntimeImports.DispatchCache();
        int start = (int)((key * HashMultiplier) >> (64 - CacheBits));
        for (int i = 0; i < ProbeLimit; i++)
        {
            DispatchCacheEntry* entry = cache + ((start + i) & ((1 << CacheBits) - 1));
            if (Interlocked.CompareExchange(ref *(long*)&entry->Key, 1, 0) == 0)
            {
                Volatile.Write(ref entry->Target, code);
                Volatile.Write(ref entry->Key, key);
                return;
            }
            if (entry->Key == key)
            {
                return;
            }
        }
    }

    private static nint Resolve(MethodTable* type, nint* cell)
    {
        MethodTable* interfaceType = InterfaceOf(cell);
        int slot = SlotOf(cell);
        for (MethodTable* declaring = type; declaring != null; declaring = BaseOf(declaring))
        {
            nint code = FindIn(type, declaring, interfaceType, slot);
            if (code != 0)
            {
                return code;
            }
        }
        ThrowHelper.Fault(FaultKind.InvalidCast);
        return 0;
    }

    // A cell is {code, cache}; the cache of an unresolved one is a self-relative, tagged pointer to the interface.
    private static MethodTable* InterfaceOf(nint* cell)
    {
        nint value = cell[1];
        if ((value & 3) == 3)
        {
            return (MethodTable*)((nint)(cell + 1) + (int)(value & ~3));
        }
        Invariant.Fail();
        return null;
    }

    // A run of cells for one interface ends with a terminator whose code is null and whose cache holds the slot.
    private static int SlotOf(nint* cell)
    {
        while (cell[0] != 0)
        {
            cell += 2;
        }
        return (ushort)cell[1];
    }

    private static MethodTable* BaseOf(MethodTable* type) =>
        type->IsArray || type->IsParameterized ? null : type->Related;

    private static nint FindIn(MethodTable* type, MethodTable* declaring, MethodTable* interfaceType, int slot)
    {
        if (!declaring->HasDispatchMap)
        {
            return 0;
        }
        ushort* map = (ushort*)MethodTable.DispatchMap(declaring);
        int standard = map[0];
        int defaults = map[1];
        ushort* entry = map + 4;
        for (int i = 0; i < standard + defaults; i++, entry += 3)
        {
            if (entry[1] == slot && MethodTable.Interface(declaring, entry[0]) == interfaceType)
            {
                int implementation = entry[2];
                return implementation < type->VtableSlots
                    ? MethodTable.VirtualMethod(type, implementation)
                    : MethodTable.SealedMethod(declaring, implementation - declaring->VtableSlots);
            }
        }
        return 0;
    }
}
