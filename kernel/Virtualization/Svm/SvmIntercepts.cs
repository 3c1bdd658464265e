// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Virtualization.Svm;

/// <summary>The intercepts of VMCB words 00Ch and 010h as one 64-bit vector (APM volume 2, table B-1).</summary>
[Flags]
public enum SvmIntercepts : ulong
{
    None = 0,
    Interrupt = 1UL << 0,
    Nmi = 1UL << 1,
    Smi = 1UL << 2,
    Init = 1UL << 3,
    VirtualInterrupt = 1UL << 4,
    Rdtsc = 1UL << 14,
    Rdpmc = 1UL << 15,
    Cpuid = 1UL << 18,
    Rsm = 1UL << 19,
    Iret = 1UL << 20,
    Invd = 1UL << 22,
    Pause = 1UL << 23,
    Halt = 1UL << 24,
    Invlpga = 1UL << 26,
    Ports = 1UL << 27,
    Msrs = 1UL << 28,
    TaskSwitch = 1UL << 29,
    FerrFreeze = 1UL << 30,
    Shutdown = 1UL << 31,
    Vmrun = 1UL << 32,
    Vmmcall = 1UL << 33,
    Vmload = 1UL << 34,
    Vmsave = 1UL << 35,
    Stgi = 1UL << 36,
    Clgi = 1UL << 37,
    Skinit = 1UL << 38,
    Rdtscp = 1UL << 39,
    Wbinvd = 1UL << 41,
    Monitor = 1UL << 42,
    Mwait = 1UL << 43,
    Xsetbv = 1UL << 45,
    Rdpru = 1UL << 46,

    /// <summary>
    /// What leaves every guest. The virtualization instructions are here because no guest is offered them.
    /// </summary>
    Always = Interrupt | Nmi | Smi | Init | Rdpmc | Cpuid | Rsm | Invd | Halt | Invlpga | Ports | Msrs | FerrFreeze |
        Shutdown | Vmrun | Vmmcall | Vmload | Vmsave | Stgi | Clgi | Skinit | Wbinvd | Monitor | Mwait | Xsetbv | Rdpru,
}
