// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>The registers of a guest that the processor switches at entry and exit, beside the general ones.</summary>
public enum StateRegister : byte
{
    Cr0,
    Cr2,
    Cr3,
    Cr4,
    Dr6,
    Dr7,
    Efer,
    Pat,
    Star,
    LongStar,
    CompatStar,
    SyscallMask,
    FsBase,
    GsBase,
    KernelGsBase,
    SysenterCs,
    SysenterEsp,
    SysenterEip,
}
