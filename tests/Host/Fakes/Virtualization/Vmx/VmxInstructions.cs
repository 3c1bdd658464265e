// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The host flavour's VMX: structures by address, and what was flushed.</summary>
internal static class VmxInstructions
{
    public const ulong NoPointer = ulong.MaxValue;

    [ThreadStatic]
    private static Dictionary<ulong, Dictionary<uint, ulong>>? s_structures;

    [ThreadStatic]
    private static List<string>? s_flushes;

    [ThreadStatic]
    private static ulong? s_current;

    /// <summary>INVEPT and INVVPID in order, as "ept 1 POINTER" and "vpid 1 NUMBER".</summary>
    public static List<string> Flushes => s_flushes ??= [];

    private static Dictionary<ulong, Dictionary<uint, ulong>> Structures => s_structures ??= [];

    private static Dictionary<uint, ulong> Current => Structures[CurrentPointer()];

    public static bool TryStart(ulong region) => region != 0;

    public static void Clear(ulong vmcs)
    {
        _ = Structures.TryAdd(vmcs, []);
        if (CurrentPointer() == vmcs)
        {
            s_current = NoPointer;
        }
    }

    public static void Load(ulong vmcs)
    {
        _ = Structures[vmcs];
        s_current = vmcs;
    }

    public static ulong CurrentPointer() => s_current ?? NoPointer;

    public static ulong ReadField(uint field) => Current.GetValueOrDefault(field);

    public static void WriteField(uint field, ulong value) => Current[field] = value;

    public static void InvalidateEpt(ulong type, ulong pointer) => Flushes.Add($"ept {type} {pointer:X}");

    public static void InvalidateVpid(ulong type, ulong vpid) => Flushes.Add($"vpid {type} {vpid}");
}
