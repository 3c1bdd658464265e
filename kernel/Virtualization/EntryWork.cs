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

    /// <summary>The return stack is filled after the exit, where the processor lets a guest steer it.</summary>
    FillReturnStack = 1 << 1,

    /// <summary>VERW before the entry clears the buffers that it is documented to clear.</summary>
    ClearBuffers = 1 << 2,
}
