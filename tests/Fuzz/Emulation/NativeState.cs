// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>The registers before and after a run on the processor, at <see cref="TestLayout.State"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 2048)]
internal unsafe struct NativeState
{
    public const int FaultRegisters = 23;

    [FieldOffset(0)]
    public fixed ulong General[16];

    [FieldOffset(128)]
    public ulong Flags;

    [FieldOffset(136)]
    public ulong FsBase;

    [FieldOffset(144)]
    public ulong GsBase;

    /// <summary>ES, unused, SS, DS, FS, GS.</summary>
    [FieldOffset(152)]
    public fixed ushort Segments[6];

    [FieldOffset(164)]
    public uint TargetOffset;

    [FieldOffset(168)]
    public ushort TargetSelector;

    [FieldOffset(176)]
    public fixed ulong Vector[32];

    [FieldOffset(432)]
    public ulong SavedRsp;

    [FieldOffset(440)]
    public ulong SavedFsBase;

    [FieldOffset(448)]
    public ulong SavedGsBase;

    [FieldOffset(456)]
    public fixed ulong GeneralAfter[16];

    [FieldOffset(584)]
    public ulong FlagsAfter;

    [FieldOffset(592)]
    public fixed ulong VectorAfter[32];

    [FieldOffset(848)]
    public ulong Faulted;

    /// <summary>
    /// gregs of the signal's context: R8-R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP, RIP, flags, segments, ...
    /// </summary>
    [FieldOffset(856)]
    public fixed ulong Fault[FaultRegisters];

    /// <summary>The handlers that were there before: SIGSEGV, SIGBUS, SIGILL.</summary>
    [FieldOffset(1040)]
    public fixed ulong OldHandlers[3];
}
