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
    Invariant,
    VmDying,
}
