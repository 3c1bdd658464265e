// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>
/// The stacks that the task-state segment names, for exceptions that must not trust the stack they interrupt.
/// </summary>
public enum InterruptStack
{
    /// <summary>Stay on the interrupted stack.</summary>
    None = 0,
    DoubleFault = 1,
    Nmi = 2,
    MachineCheck = 3,

    /// <summary>A page fault may be the guard page below the interrupted stack.</summary>
    PageFault = 4,
}
