// SPDX-License-Identifier: MIT
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
    [FieldOffset(0x000)]
    private ushort _readInterceptsOfCr;

    [FieldOffset(0x002)]
    private ushort _writeInterceptsOfCr;

    [FieldOffset(0x008)]
    private uint _exceptionIntercepts;

    [FieldOffset(0x00C)]
    private uint _interceptsLow;

    [FieldOffset(0x010)]
    private uint _interceptsHigh;

    [FieldOffset(0x040)]
    private ulong _portMap;

    [FieldOffset(0x048)]
    private ulong _msrMap;

    [FieldOffset(0x050)]
    private ulong _timestampOffset;

    [FieldOffset(0x058)]
    private uint _asid;

    [FieldOffset(0x05C)]
    private uint _tlbControl;

    [FieldOffset(0x060)]
    private ulong _interruptControlWord;

    [FieldOffset(0x068)]
    private ulong _interruptState;

    [FieldOffset(0x070)]
    private uint _exitCode;

    [FieldOffset(0x078)]
    private ulong _exitInformation1;

    [FieldOffset(0x080)]
    private ulong _exitInformation2;

    [FieldOffset(0x088)]
    private ulong _exitEvent;

    [FieldOffset(0x090)]
    private ulong _nestedControl;

    [FieldOffset(0x0A8)]
    private ulong _injectedEvent;

    [FieldOffset(0x0B0)]
    private ulong _nestedCr3;

    [FieldOffset(0x0C0)]
    private uint _clean;

    [FieldOffset(0x0C8)]
    private ulong _nextRip;

    [FieldOffset(0x4CB)]
    private byte _privilegeLevel;

    [FieldOffset(0x4D0)]
    private ulong _efer;

    [FieldOffset(0x548)]
    private ulong _cr4;

    [FieldOffset(0x550)]
    private ulong _cr3;

    [FieldOffset(0x558)]
    private ulong _cr0;

    [FieldOffset(0x560)]
    private ulong _dr7;

    [FieldOffset(0x568)]
    private ulong _dr6;

    [FieldOffset(0x570)]
    private ulong _rflags;

    [FieldOffset(0x578)]
    private ulong _rip;

    [FieldOffset(0x5D8)]
    private ulong _rsp;

    [FieldOffset(0x5F8)]
    private ulong _rax;

    [FieldOffset(0x600)]
    private ulong _star;

    [FieldOffset(0x608)]
    private ulong _longStar;

    [FieldOffset(0x610)]
    private ulong _compatStar;

    [FieldOffset(0x618)]
    private ulong _syscallMask;

    [FieldOffset(0x620)]
    private ulong _kernelGsBase;

    [FieldOffset(0x628)]
    private ulong _sysenterCs;

    [FieldOffset(0x630)]
    private ulong _sysenterEsp;

    [FieldOffset(0x638)]
    private ulong _sysenterEip;

    [FieldOffset(0x640)]
    private ulong _cr2;

    [FieldOffset(0x668)]
    private ulong _guestPat;

    [FieldOffset(0x400)]
    private VmcbSegment _es;

    [FieldOffset(0x410)]
    private VmcbSegment _cs;

    [FieldOffset(0x420)]
    private VmcbSegment _ss;

    [FieldOffset(0x430)]
    private VmcbSegment _ds;

    [FieldOffset(0x440)]
    private VmcbSegment _fs;

    [FieldOffset(0x450)]
    private VmcbSegment _gs;

    [FieldOffset(0x460)]
    private VmcbSegment _gdtr;

    [FieldOffset(0x470)]
    private VmcbSegment _ldtr;

    [FieldOffset(0x480)]
    private VmcbSegment _idtr;

    [FieldOffset(0x490)]
    private VmcbSegment _tr;

    /// <summary>The groups that VMRUN need not read again.</summary>
    public VmcbClean Clean
    {
        readonly get => (VmcbClean)_clean;
        set => _clean = (uint)value;
    }

    /// <summary>Words 00Ch and 010h.</summary>
    public SvmIntercepts Intercepts
    {
        readonly get => (SvmIntercepts)(_interceptsLow | ((ulong)_interceptsHigh << 32));
        set
        {
            _interceptsLow = (uint)value;
            _interceptsHigh = (uint)((ulong)value >> 32);
            Touch(VmcbClean.Intercepts);
        }
    }

    /// <summary>One bit per control register that leaves the guest when it is read.</summary>
    public ushort ReadInterceptsOfCr
    {
        readonly get => _readInterceptsOfCr;
        set
        {
            _readInterceptsOfCr = value;
            Touch(VmcbClean.Intercepts);
        }
    }

    /// <summary>One bit per control register that leaves the guest when it is written.</summary>
    public ushort WriteInterceptsOfCr
    {
        readonly get => _writeInterceptsOfCr;
        set
        {
            _writeInterceptsOfCr = value;
            Touch(VmcbClean.Intercepts);
        }
    }

    /// <summary>One bit per exception vector.</summary>
    public uint ExceptionIntercepts
    {
        readonly get => _exceptionIntercepts;
        set
        {
            _exceptionIntercepts = value;
            Touch(VmcbClean.Intercepts);
        }
    }

    /// <summary>Host-physical address of the 12 KiB port map.</summary>
    public ulong PortMap
    {
        readonly get => _portMap;
        set
        {
            _portMap = value;
            Touch(VmcbClean.PermissionMaps);
        }
    }

    /// <summary>Host-physical address of the 8 KiB MSR map.</summary>
    public ulong MsrMap
    {
        readonly get => _msrMap;
        set
        {
            _msrMap = value;
            Touch(VmcbClean.PermissionMaps);
        }
    }

    public ulong TimestampOffset
    {
        readonly get => _timestampOffset;
        set
        {
            _timestampOffset = value;
            Touch(VmcbClean.Intercepts);
        }
    }

    public uint Asid
    {
        readonly get => _asid;
        set
        {
            _asid = value;
            Touch(VmcbClean.Asid);
        }
    }

    /// <summary>0: nothing; 1: flush all; 3: flush this ASID. Read by every VMRUN.</summary>
    public uint TlbControl
    {
        readonly get => _tlbControl;
        set => _tlbControl = value;
    }

    /// <summary>See <see cref="InterruptControl"/>.</summary>
    public ulong InterruptControlWord
    {
        readonly get => _interruptControlWord;
        set
        {
            _interruptControlWord = value;
            Touch(VmcbClean.InterruptControl);
        }
    }

    /// <summary>Bit 0: interrupt shadow. Read by every VMRUN.</summary>
    public ulong InterruptState
    {
        readonly get => _interruptState;
        set => _interruptState = value;
    }

    public uint ExitCode
    {
        readonly get => _exitCode;
        internal set => _exitCode = value;
    }

    public ulong ExitInformation1
    {
        readonly get => _exitInformation1;
        internal set => _exitInformation1 = value;
    }

    public ulong ExitInformation2
    {
        readonly get => _exitInformation2;
        internal set => _exitInformation2 = value;
    }

    /// <summary>EXITINTINFO: the event whose delivery was interrupted.</summary>
    public ulong ExitEvent
    {
        readonly get => _exitEvent;
        internal set => _exitEvent = value;
    }

    /// <summary>Bit 0: nested paging.</summary>
    public ulong NestedControl
    {
        readonly get => _nestedControl;
        set
        {
            _nestedControl = value;
            Touch(VmcbClean.NestedPaging);
        }
    }

    /// <summary>EVENTINJ. Read by every VMRUN.</summary>
    public ulong InjectedEvent
    {
        readonly get => _injectedEvent;
        set => _injectedEvent = value;
    }

    public ulong NestedCr3
    {
        readonly get => _nestedCr3;
        set
        {
            _nestedCr3 = value;
            Touch(VmcbClean.NestedPaging);
        }
    }

    /// <summary>Where the processor saves it (NRIPS).</summary>
    public ulong NextRip
    {
        readonly get => _nextRip;
        internal set => _nextRip = value;
    }

    /// <summary>CPL. QEMU 7.2 takes it from SS at VMRUN and writes it at exit.</summary>
    public byte PrivilegeLevel
    {
        readonly get => _privilegeLevel;
        set
        {
            _privilegeLevel = value;
            Touch(VmcbClean.Segments);
        }
    }

    public ulong Efer
    {
        readonly get => _efer;
        set
        {
            _efer = value;
            Touch(VmcbClean.ControlRegisters);
        }
    }

    public ulong Cr4
    {
        readonly get => _cr4;
        set
        {
            _cr4 = value;
            Touch(VmcbClean.ControlRegisters);
        }
    }

    public ulong Cr3
    {
        readonly get => _cr3;
        set
        {
            _cr3 = value;
            Touch(VmcbClean.ControlRegisters);
        }
    }

    public ulong Cr0
    {
        readonly get => _cr0;
        set
        {
            _cr0 = value;
            Touch(VmcbClean.ControlRegisters);
        }
    }

    public ulong Dr7
    {
        readonly get => _dr7;
        set
        {
            _dr7 = value;
            Touch(VmcbClean.DebugRegisters);
        }
    }

    public ulong Dr6
    {
        readonly get => _dr6;
        set
        {
            _dr6 = value;
            Touch(VmcbClean.DebugRegisters);
        }
    }

    /// <summary>This, RIP, RSP and RAX are copied by the entry code; read them from the guest's registers.</summary>
    public ulong Rflags
    {
        readonly get => _rflags;
        set => _rflags = value;
    }

    public ulong Rip
    {
        readonly get => _rip;
        set => _rip = value;
    }

    public ulong Rsp
    {
        readonly get => _rsp;
        set => _rsp = value;
    }

    public ulong Rax
    {
        readonly get => _rax;
        set => _rax = value;
    }

    /// <summary>This and the next seven are loaded and stored by VMLOAD and VMSAVE.</summary>
    public ulong Star
    {
        readonly get => _star;
        set => _star = value;
    }

    public ulong LongStar
    {
        readonly get => _longStar;
        set => _longStar = value;
    }

    public ulong CompatStar
    {
        readonly get => _compatStar;
        set => _compatStar = value;
    }

    public ulong SyscallMask
    {
        readonly get => _syscallMask;
        set => _syscallMask = value;
    }

    public ulong KernelGsBase
    {
        readonly get => _kernelGsBase;
        set => _kernelGsBase = value;
    }

    public ulong SysenterCs
    {
        readonly get => _sysenterCs;
        set => _sysenterCs = value;
    }

    public ulong SysenterEsp
    {
        readonly get => _sysenterEsp;
        set => _sysenterEsp = value;
    }

    public ulong SysenterEip
    {
        readonly get => _sysenterEip;
        set => _sysenterEip = value;
    }

    public ulong Cr2
    {
        readonly get => _cr2;
        set
        {
            _cr2 = value;
            Touch(VmcbClean.Cr2);
        }
    }

    public ulong GuestPat
    {
        readonly get => _guestPat;
        set
        {
            _guestPat = value;
            Touch(VmcbClean.NestedPaging);
        }
    }

    /// <summary>The attributes and the base of CS.</summary>
    public readonly ushort CodeAttributes => _cs.Attributes;

    public readonly ulong CodeBase => _cs.Base;

    public readonly VmcbSegment ReadSegment(SegmentRegister register) => register switch
    {
        SegmentRegister.Es => _es,
        SegmentRegister.Cs => _cs,
        SegmentRegister.Ss => _ss,
        SegmentRegister.Ds => _ds,
        SegmentRegister.Fs => _fs,
        SegmentRegister.Gs => _gs,
        SegmentRegister.Ldtr => _ldtr,
        SegmentRegister.Tr => _tr,
        SegmentRegister.Gdtr => _gdtr,
        SegmentRegister.Idtr => _idtr,
        _ => default,
    };

    public void WriteSegment(SegmentRegister register, in VmcbSegment value)
    {
        switch (register)
        {
            case SegmentRegister.Es:
                _es = value;
                break;
            case SegmentRegister.Cs:
                _cs = value;
                break;
            case SegmentRegister.Ss:
                _ss = value;
                break;
            case SegmentRegister.Ds:
                _ds = value;
                break;
            case SegmentRegister.Fs:
                _fs = value;
                break;
            case SegmentRegister.Gs:
                _gs = value;
                break;
            case SegmentRegister.Ldtr:
                _ldtr = value;
                break;
            case SegmentRegister.Tr:
                _tr = value;
                break;
            case SegmentRegister.Gdtr:
                _gdtr = value;
                break;
            case SegmentRegister.Idtr:
                _idtr = value;
                break;
        }

        Touch(VmcbClean.Segments | VmcbClean.DescriptorTables);
    }

    private void Touch(VmcbClean groups) => _clean &= ~(uint)groups;
}
