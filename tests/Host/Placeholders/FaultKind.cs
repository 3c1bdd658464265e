// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

public enum FaultKind
{
    None,
    IndexOutOfRange,
    NullReference,
    InvalidCast,
    Overflow,
    DivideByZero,
    OutOfMemory,
    ArrayTypeMismatch,
    Argument,
    InvalidOperation,
    NotSupported,
    Exception,
    Invariant,
    VmDying,
}
