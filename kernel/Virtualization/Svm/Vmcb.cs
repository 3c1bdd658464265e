// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hypervisor.Runtime;

namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// The virtual machine control block: one guest processor for VMRUN (APM volume 2, appendix B). A setter knows the
/// clean group of its field, so that the processor never runs on with a value that it has cached. The internal setters
/// are for tests: those fields are written by the processor alone.
/// </summary>
[AssemblyOffsets("VMCB")]
[ExpectedSize(4096)]
[StructLayout(LayoutKind.Explicit, Size = 4096)]
public struct Vmcb
{
    /// <summary>One bit per control register that leaves the guest when it is read.</summary>
    [field: FieldOffset(0x000)]
    public ushort ReadInterceptsOfCr { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>One bit per control register that leaves the guest when it is written.</summary>
    [field: FieldOffset(0x002)]
    public ushort WriteInterceptsOfCr { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>One bit per debug register that leaves the guest when it is read.</summary>
    [field: FieldOffset(0x004)]
    public ushort ReadInterceptsOfDr { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>One bit per debug register that leaves the guest when it is written.</summary>
    [field: FieldOffset(0x006)]
    public ushort WriteInterceptsOfDr { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>One bit per exception vector.</summary>
    [field: FieldOffset(0x008)]
    public uint ExceptionIntercepts { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>Words 00Ch and 010h.</summary>
    [field: FieldOffset(0x00C)]
    public SvmIntercepts Intercepts { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>So many PAUSEs stay in the guest before one leaves it (APM volume 2, 15.14.4).</summary>
    [field: FieldOffset(0x03E)]
    public ushort PauseFilterCount { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    /// <summary>Host-physical address of the 12 KiB port map.</summary>
    [field: FieldOffset(0x040)]
    public ulong PortMap { readonly get; set => Write(out field, value, VmcbClean.PermissionMaps); }

    /// <summary>Host-physical address of the 8 KiB MSR map.</summary>
    [field: FieldOffset(0x048)]
    public ulong MsrMap { readonly get; set => Write(out field, value, VmcbClean.PermissionMaps); }

    [field: FieldOffset(0x050)]
    public ulong TimestampOffset { readonly get; set => Write(out field, value, VmcbClean.Intercepts); }

    [field: FieldOffset(0x058)]
    public uint Asid { readonly get; set => Write(out field, value, VmcbClean.Asid); }

    /// <summary>0: nothing; 1: flush all; 3: flush this ASID. Read by every VMRUN.</summary>
    [field: FieldOffset(0x05C)]
    public uint TlbControl { readonly get; set; }

    /// <summary>See <see cref="InterruptControl"/>.</summary>
    [field: FieldOffset(0x060)]
    public ulong InterruptControlWord { readonly get; set => Write(out field, value, VmcbClean.InterruptControl); }

    /// <summary>Bit 0: interrupt shadow. Read by every VMRUN.</summary>
    [field: FieldOffset(0x068)]
    public ulong InterruptState { readonly get; set; }

    [field: FieldOffset(0x070)]
    public uint ExitCode { readonly get; internal set; }

    [field: FieldOffset(0x078)]
    public ulong ExitInformation1 { readonly get; internal set; }

    [field: FieldOffset(0x080)]
    public ulong ExitInformation2 { readonly get; internal set; }

    /// <summary>EXITINTINFO: the event whose delivery was interrupted.</summary>
    [field: FieldOffset(0x088)]
    public ulong ExitEvent { readonly get; internal set; }

    /// <summary>Bit 0: nested paging.</summary>
    [field: FieldOffset(0x090)]
    public ulong NestedControl { readonly get; set => Write(out field, value, VmcbClean.NestedPaging); }

    /// <summary>EVENTINJ. Read by every VMRUN.</summary>
    [field: FieldOffset(0x0A8)]
    public ulong InjectedEvent { readonly get; set; }

    [field: FieldOffset(0x0B0)]
    public ulong NestedCr3 { readonly get; set => Write(out field, value, VmcbClean.NestedPaging); }

    /// <summary>The groups that VMRUN need not read again.</summary>
    [field: FieldOffset(0x0C0)]
    public VmcbClean Clean { readonly get; set; }

    /// <summary>Where the processor saves it (NRIPS).</summary>
    [field: FieldOffset(0x0C8)]
    public ulong NextRip { readonly get; internal set; }

    [FieldOffset(0x400)]
    private VmcbSegments _segments;

    /// <summary>The attributes and the base of CS once more, because nearly every exit asks for them.</summary>
    [field: FieldOffset(0x412)]
    public ushort CodeAttributes { get; }

    [field: FieldOffset(0x418)]
    public ulong CodeBase { get; }

    /// <summary>CPL. QEMU 7.2 takes it from SS at VMRUN and writes it at exit.</summary>
    [field: FieldOffset(0x4CB)]
    public byte PrivilegeLevel { readonly get; set => Write(out field, value, VmcbClean.Segments); }

    [field: FieldOffset(0x4D0)]
    public ulong Efer { readonly get; set => Write(out field, value, VmcbClean.ControlRegisters); }

    [field: FieldOffset(0x548)]
    public ulong Cr4 { readonly get; set => Write(out field, value, VmcbClean.ControlRegisters); }

    [field: FieldOffset(0x550)]
    public ulong Cr3 { readonly get; set => Write(out field, value, VmcbClean.ControlRegisters); }

    [field: FieldOffset(0x558)]
    public ulong Cr0 { readonly get; set => Write(out field, value, VmcbClean.ControlRegisters); }

    [field: FieldOffset(0x560)]
    public ulong Dr7 { readonly get; set => Write(out field, value, VmcbClean.DebugRegisters); }

    [field: FieldOffset(0x568)]
    public ulong Dr6 { readonly get; set => Write(out field, value, VmcbClean.DebugRegisters); }

    /// <summary>This, RIP, RSP and RAX are copied by the entry code; read them from the guest's registers.</summary>
    [field: FieldOffset(0x570)]
    public ulong Rflags { readonly get; set; }

    [field: FieldOffset(0x578)]
    public ulong Rip { readonly get; set; }

    [field: FieldOffset(0x5D8)]
    public ulong Rsp { readonly get; set; }

    [field: FieldOffset(0x5F8)]
    public ulong Rax { readonly get; set; }

    /// <summary>This and the next seven are loaded and stored by VMLOAD and VMSAVE.</summary>
    [field: FieldOffset(0x600)]
    public ulong Star { readonly get; set; }

    [field: FieldOffset(0x608)]
    public ulong LongStar { readonly get; set; }

    [field: FieldOffset(0x610)]
    public ulong CompatStar { readonly get; set; }

    [field: FieldOffset(0x618)]
    public ulong SyscallMask { readonly get; set; }

    [field: FieldOffset(0x620)]
    public ulong KernelGsBase { readonly get; set; }

    [field: FieldOffset(0x628)]
    public ulong SysenterCs { readonly get; set; }

    [field: FieldOffset(0x630)]
    public ulong SysenterEsp { readonly get; set; }

    [field: FieldOffset(0x638)]
    public ulong SysenterEip { readonly get; set; }

    [field: FieldOffset(0x640)]
    public ulong Cr2 { readonly get; set => Write(out field, value, VmcbClean.Cr2); }

    [field: FieldOffset(0x668)]
    public ulong GuestPat { readonly get; set => Write(out field, value, VmcbClean.NestedPaging); }

    public readonly VmcbSegment ReadSegment(SegmentRegister register) => _segments[VmcbSegments.IndexOf(register)];

    public void WriteSegment(SegmentRegister register, in VmcbSegment value) =>
        Write(
            out _segments[VmcbSegments.IndexOf(register)], value, VmcbClean.Segments | VmcbClean.DescriptorTables);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<T>(out T place, T value, VmcbClean groups)
    {
        place = value;
        Clean &= ~groups;
    }
}
