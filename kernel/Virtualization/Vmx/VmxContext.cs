// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>
/// What the entry code needs to know of one vCPU, and the fields that every exit's decoder reads: the entry code copies
/// them out of the VMCS. It knows the offsets.
/// </summary>
[AssemblyOffsets("VMX")]
[ExpectedSize(64)]
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct VmxContext
{
    /// <summary>
    /// The exit reason where VMLAUNCH or VMRESUME itself was refused; the instruction error says why.
    /// </summary>
    public const ulong Refused = ulong.MaxValue;

    [FieldOffset(0)]
    public ulong ExitReason;

    [FieldOffset(8)]
    public ulong Qualification;

    [FieldOffset(16)]
    public ulong InstructionLength;

    [FieldOffset(24)]
    public ulong Interruptibility;

    [FieldOffset(32)]
    public ulong GuestSpeculation;

    [FieldOffset(40)]
    public ulong HostSpeculation;

    /// <summary>The work that most entries have none of.</summary>
    [FieldOffset(48)]
    public EntryWork Work;

    /// <summary>1 once VMLAUNCH has succeeded since the last VMCLEAR: then VMRESUME is the way in.</summary>
    [FieldOffset(52)]
    public uint IsLaunched;

    /// <summary>CR2 of the guest, which no field of the VMCS holds.</summary>
    [FieldOffset(56)]
    public ulong GuestCr2;
}
