// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Virtualization.Svm;

/// <summary>What the entry code needs to know of one vCPU on one processor; it knows the offsets.</summary>
[AssemblyOffsets("SVM")]
[ExpectedSize(64)]
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct SvmContext
{
    /// <summary>Address of the VMCB in our own address space.</summary>
    [FieldOffset(8)]
    public ulong Vmcb;

    /// <summary>The same, host-physical: the operand of VMRUN, VMLOAD and VMSAVE.</summary>
    [FieldOffset(16)]
    public ulong VmcbPhysical;

    /// <summary>Host-physical address of the VMCB-shaped page that holds this processor's own VMSAVE state.</summary>
    [FieldOffset(24)]
    public ulong HostPhysical;

    [FieldOffset(32)]
    public ulong GuestSpeculation;

    [FieldOffset(40)]
    public ulong HostSpeculation;

    /// <summary>The work that most entries have none of.</summary>
    [FieldOffset(48)]
    public EntryWork Work;
}
