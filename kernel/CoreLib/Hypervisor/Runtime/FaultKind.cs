// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>Why contained code was stopped. The numbers are seen by assembly and by tests; add at the end.</summary>
[AssemblyOffsets("FAULT")]
public enum FaultKind
{
    /// <summary>No fault: the code returned.</summary>
    None = 0,
    IndexOutOfRange = 1,
    NullReference = 2,
    InvalidCast = 3,
    ArrayTypeMismatch = 4,
    Overflow = 5,
    DivideByZero = 6,
    OutOfMemory = 7,

    /// <summary>An argument that the called method refuses, or text in a wrong form.</summary>
    Argument = 8,
    InvalidOperation = 9,
    NotSupported = 10,

    /// <summary>A throw of a type that has no kind of its own.</summary>
    Exception = 11,

    /// <summary>A stated invariant does not hold.</summary>
    Invariant = 12,

    /// <summary>#PF at an address that is not near null.</summary>
    UnmappedAddress = 13,
    GeneralProtection = 14,
    InvalidOpcode = 15,

    /// <summary>The guard page below a stack was touched.</summary>
    StackOverflow = 16,

    /// <summary>A buffer on the stack was overrun: the cookie behind it changed.</summary>
    StackCorrupted = 17,

    /// <summary>The watchdog found code that does not come back.</summary>
    Stuck = 18,
    MachineCheck = 19,

    /// <summary>Checked builds: a longer-lived object was about to store a shorter-lived reference.</summary>
    RegionRule = 20,

    /// <summary>A class constructor that did not run at boot was needed afterwards.</summary>
    LateClassConstructor = 21,

    /// <summary>Any other processor exception.</summary>
    ProcessorException = 22,

    /// <summary>Not a fault of its own: a wait was given up because the VM that is served is dying.</summary>
    VmDying = 23,
}
