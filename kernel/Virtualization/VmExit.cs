// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>
/// One exit, in words that hold for both vendors. A vCPU has one record, which its decoder fills again at each exit:
/// only the members that belong to the <see cref="Kind"/> are valid, the others keep what an earlier exit left.
/// </summary>
public struct VmExit
{
    public ExitKind Kind;

    /// <summary>The exit code as the processor gave it, for reports.</summary>
    public uint RawCode;

    /// <summary>The two words beside it as the processor gave them, for reports.</summary>
    public ulong RawDetail1;
    public ulong RawDetail2;

    /// <summary>
    /// Where the next instruction starts; 0 where the processor did not say: then the run loop has the instruction
    /// decoded before it goes on after it.
    /// </summary>
    public ulong NextRip;

    /// <summary>PortAccess.</summary>
    public PortAccess Port;

    /// <summary>MsrAccess: WRMSR; the index is in ECX.</summary>
    public bool IsWrite;

    /// <summary>ControlRegister, DebugRegister: the operands, where <see cref="RegisterMove.IsKnown"/>.</summary>
    public RegisterMove Move;

    /// <summary>MemoryAccess.</summary>
    public MemoryAccess Memory;

    /// <summary>ApicWrite: the register's offset in the page. EndOfInterrupt: the vector.</summary>
    public ushort ApicRegister;

    /// <summary>InvalidState: what the processor refused, in words; null where it is not known.</summary>
    public string? Explanation;

    /// <summary>Exception: what was intercepted.</summary>
    public VirtualEvent Exception;
}
