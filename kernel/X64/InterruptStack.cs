// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>
/// The stacks that the task-state segment names. No exception or interrupt trusts the stack that it interrupts: code of
/// ours that overflows its stack may be at the last bytes of it.
/// </summary>
public enum InterruptStack
{
    DoubleFault = 1,
    Nmi = 2,
    MachineCheck = 3,

    /// <summary>The other exceptions; a page fault may be the guard page below the interrupted stack.</summary>
    Fault = 4,

    /// <summary>Interrupts: none is taken while one is served.</summary>
    Interrupt = 5,
}
