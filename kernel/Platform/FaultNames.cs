// SPDX-License-Identifier: MIT
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>What kinds of faults and exceptions are called in reports.</summary>
public static class FaultNames
{
    public static string Of(FaultKind kind) => kind switch
    {
        FaultKind.None => "no fault",
        FaultKind.IndexOutOfRange => "index out of range",
        FaultKind.NullReference => "null reference",
        FaultKind.InvalidCast => "invalid cast",
        FaultKind.ArrayTypeMismatch => "array type mismatch",
        FaultKind.Overflow => "arithmetic overflow",
        FaultKind.DivideByZero => "division by zero",
        FaultKind.OutOfMemory => "out of memory",
        FaultKind.Argument => "invalid argument",
        FaultKind.InvalidOperation => "invalid operation",
        FaultKind.NotSupported => "not supported",
        FaultKind.Exception => "exception",
        FaultKind.Invariant => "broken invariant",
        FaultKind.UnmappedAddress => "access to an unmapped address",
        FaultKind.GeneralProtection => "general protection",
        FaultKind.InvalidOpcode => "invalid opcode",
        FaultKind.StackOverflow => "stack overflow",
        FaultKind.StackCorrupted => "stack corrupted",
        FaultKind.Stuck => "stuck",
        FaultKind.MachineCheck => "machine check",
        FaultKind.RegionRule => "broken region rule",
        FaultKind.LateClassConstructor => "late class constructor",
        FaultKind.ProcessorException => "processor exception",
        FaultKind.VmDying => "VM is going down",
        _ => "unknown fault",
    };

    /// <summary>The exception of a vector below 32, in the manual's words.</summary>
    public static string OfVector(ulong vector) => vector switch
    {
        0 => "#DE divide error",
        1 => "#DB debug",
        2 => "NMI",
        3 => "#BP breakpoint",
        4 => "#OF overflow",
        5 => "#BR bound range",
        6 => "#UD invalid opcode",
        7 => "#NM device not available",
        8 => "#DF double fault",
        10 => "#TS invalid TSS",
        11 => "#NP segment not present",
        12 => "#SS stack segment",
        13 => "#GP general protection",
        14 => "#PF page fault",
        16 => "#MF floating point",
        17 => "#AC alignment check",
        18 => "#MC machine check",
        19 => "#XM SIMD floating point",
        20 => "#VE virtualization",
        21 => "#CP control protection",
        _ => "exception",
    };
}
