// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Svm;

/// <summary>
/// The exit codes that a guest of ours can cause (APM volume 2, appendix C). QEMU 7.2 writes only the low 32 bits, so
/// only those are compared.
/// </summary>
public enum SvmExitCode : uint
{
    /// <summary>Reads of CR0..CR15 are 00h..0Fh.</summary>
    ReadCr0 = 0x00,
    WriteCr0 = 0x10,

    /// <summary>Reads of DR0..DR15 are 20h..2Fh.</summary>
    ReadDr0 = 0x20,
    WriteDr0 = 0x30,
    WriteDr15 = 0x3F,

    /// <summary>Exceptions by vector are 40h..5Fh.</summary>
    Exception0 = 0x40,
    Exception31 = 0x5F,
    Interrupt = 0x60,
    Nmi = 0x61,
    Smi = 0x62,
    Init = 0x63,
    VirtualInterrupt = 0x64,
    Cr0SelectiveWrite = 0x65,
    Rdtsc = 0x6E,
    Rdpmc = 0x6F,
    Cpuid = 0x72,
    Rsm = 0x73,
    Iret = 0x74,
    SoftwareInterrupt = 0x75,
    Invd = 0x76,
    Pause = 0x77,
    Halt = 0x78,
    Invlpg = 0x79,
    Invlpga = 0x7A,
    Ports = 0x7B,
    Msr = 0x7C,
    TaskSwitch = 0x7D,
    FerrFreeze = 0x7E,
    Shutdown = 0x7F,
    Vmrun = 0x80,
    Vmmcall = 0x81,
    Vmload = 0x82,
    Vmsave = 0x83,
    Stgi = 0x84,
    Clgi = 0x85,
    Skinit = 0x86,
    Rdtscp = 0x87,
    Icebp = 0x88,
    Wbinvd = 0x89,
    Monitor = 0x8A,
    Mwait = 0x8B,
    MwaitConditional = 0x8C,
    Rdpru = 0x8E,
    Xsetbv = 0x8D,
    NestedPageFault = 0x400,
    Invalid = 0xFFFF_FFFF,
    Busy = 0xFFFF_FFFE,
}
