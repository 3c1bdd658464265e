// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The host flavour's VMX: structures by address, and what was flushed, loaded and cleared.</summary>
internal static class VmxInstructions
{
    public const ulong NoPointer = ulong.MaxValue;

    [ThreadStatic]
    private static Dictionary<ulong, Dictionary<uint, ulong>>? s_structures;

    [ThreadStatic]
    private static List<string>? s_flushes;

    [ThreadStatic]
    private static List<string>? s_moves;

    [ThreadStatic]
    private static HashSet<uint>? s_absent;

    [ThreadStatic]
    private static ulong? s_current;

    /// <summary>A field was reached while interrupts were on.</summary>
    [ThreadStatic]
    public static bool WasInterruptible;

    /// <summary>INVEPT and INVVPID in order, as "ept 1 POINTER" and "vpid 1 NUMBER".</summary>
    public static List<string> Flushes => s_flushes ??= [];

    /// <summary>VMPTRLD and VMCLEAR in order, as "load ADDRESS" and "clear ADDRESS".</summary>
    public static List<string> Moves => s_moves ??= [];

    /// <summary>Fields that this processor's VMCS has not: an access is a bug.</summary>
    public static HashSet<uint> Absent => s_absent ??= [];

    private static Dictionary<ulong, Dictionary<uint, ulong>> Structures => s_structures ??= [];

    /// <summary>Starts the calling thread's processor afresh.</summary>
    public static void Reset()
    {
        Structures.Clear();
        Flushes.Clear();
        Moves.Clear();
        Absent.Clear();
        s_current = NoPointer;
        WasInterruptible = false;
    }

    public static bool TryStart(ulong region) => region != 0;

    public static void Clear(ulong vmcs)
    {
        Moves.Add($"clear {vmcs:X}");
        _ = Structures.TryAdd(vmcs, []);
        if (CurrentPointer() == vmcs)
        {
            s_current = NoPointer;
        }
    }

    public static void Load(ulong vmcs)
    {
        Moves.Add($"load {vmcs:X}");
        _ = Structures[vmcs];
        s_current = vmcs;
    }

    public static ulong CurrentPointer() => s_current ?? NoPointer;

    public static ulong ReadField(uint field) => FindCurrent(field).GetValueOrDefault(field);

    public static void WriteField(uint field, ulong value) => FindCurrent(field)[field] = value;

    public static void InvalidateEpt(ulong type, ulong pointer) => Flushes.Add($"ept {type} {pointer:X}");

    public static void InvalidateVpid(ulong type, ulong vpid) => Flushes.Add($"vpid {type} {vpid}");

    private static Dictionary<uint, ulong> FindCurrent(uint field)
    {
        WasInterruptible |= FakeProcessor.Current.InterruptsEnabled;
        return !Absent.Contains(field)
            ? Structures[CurrentPointer()]
            : throw new InvalidOperationException($"this processor has no field {field:X}");
    }
}
