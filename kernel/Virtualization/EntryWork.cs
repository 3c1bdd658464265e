// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Runtime;

namespace Hypervisor.Virtualization;

/// <summary>What the entry code of both vendors does beside the ordinary; it tests the same bits.</summary>
[AssemblyOffsets("WORK")]
[Flags]
public enum EntryWork : uint
{
    None = 0,

    /// <summary>SPEC_CTRL differs between guest and host: written before entry and after exit.</summary>
    SpeculationControl = 1 << 0,

    /// <summary>
    /// SVM: the guest's DR7 has breakpoints armed. QEMU 7.2 arms none at VMRUN and disarms none at exit: DR7 is
    /// written.
    /// </summary>
    Breakpoints = 1 << 1,

    /// <summary>The return stack is filled after the exit, where the processor lets a guest steer it.</summary>
    FillReturnStack = 1 << 2,

    /// <summary>VERW before the entry clears the buffers that it is documented to clear.</summary>
    ClearBuffers = 1 << 3,

    /// <summary>
    /// SVM: one instruction is stepped over with a trap flag of ours; the assembly has nothing to do for it.
    /// </summary>
    Step = 1 << 4,
}
