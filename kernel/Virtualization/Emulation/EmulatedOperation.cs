// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Emulation;

/// <summary>What an instruction does, as far as the emulator knows it; the operands are apart.</summary>
internal enum EmulatedOperation : byte
{
    /// <summary>Decoded, but nothing that is emulated.</summary>
    None,
    Move,
    MoveZeroExtended,
    MoveSignExtended,
    MoveSwapped,
    MoveVector,
    And,
    Or,
    Xor,
    Add,
    AddWithCarry,
    Subtract,
    SubtractWithBorrow,
    Compare,
    Test,
    Increment,
    Decrement,
    Not,
    Negate,
    Exchange,
    ExchangeAdd,
    CompareExchange,
    CompareExchangeDouble,
    ShiftLeft,
    ShiftRight,
    ShiftRightArithmetic,
    BitTest,
    BitSet,
    BitReset,
    BitComplement,
    Push,
    Pop,
    StringMove,
    StringStore,
    StringLoad,
    StringCompare,
    StringScan,
    StringInput,
    StringOutput,
    MoveFromControl,
    MoveToControl,
    MoveFromDebug,
    MoveToDebug,
    ClearTaskSwitched,
    LoadMachineStatus,
    StoreMachineStatus,
    Rdtscp,

    /// <summary>One that is emulated on memory, in its form without memory.</summary>
    RegistersOnly,

    /// <summary>One of the instructions that leave the guest by themselves and need only be stepped over.</summary>
    Intercepted,
}
