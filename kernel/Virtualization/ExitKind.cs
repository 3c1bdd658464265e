// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// Why the guest was left: the neutral names that both vendors' decoders translate their exit codes into.
/// </summary>
public enum ExitKind
{
    /// <summary>The guest was not entered: a request was found at the last check.</summary>
    None,

    /// <summary>An interrupt of the host; it has been taken by the time the exit is seen.</summary>
    HostInterrupt,
    Cpuid,
    Hypercall,
    Halt,
    PortAccess,
    MsrAccess,
    MemoryAccess,
    ControlRegister,
    DebugRegister,
    Exception,
    Xsetbv,
    TimestampCounter,
    PerformanceCounter,
    Pause,

    /// <summary>The guest can take an interrupt now (asked for by <see cref="VirtualCpu.InterruptWindow"/>).</summary>
    InterruptWindow,

    /// <summary>The guest can take an NMI now or very soon (asked for by <see cref="VirtualCpu.NmiWindow"/>).</summary>
    NmiWindow,

    /// <summary>WBINVD, WBNOINVD or INVD.</summary>
    CacheControl,

    /// <summary>INVLPG, where it is intercepted.</summary>
    InvalidatePage,

    /// <summary>MONITOR or MWAIT.</summary>
    Monitor,

    /// <summary>An instruction of the virtualization extensions themselves, which no guest is offered.</summary>
    VirtualizationInstruction,

    /// <summary>A task switch by hardware, which one vendor leaves to the hypervisor.</summary>
    TaskSwitch,

    /// <summary>A triple fault.</summary>
    Shutdown,

    /// <summary>
    /// The processor refused the guest's state, or the guest did what the processor refuses to go on from.
    /// </summary>
    InvalidState,

    /// <summary>A register of the local APIC was written, which the processor has stored.</summary>
    ApicWrite,

    /// <summary>The processor has ended an interrupt of whose end the I/O APIC wants to know.</summary>
    EndOfInterrupt,

    /// <summary>An exit that nothing asks for; its raw code is in the record.</summary>
    Unexpected,

    /// <summary>How many kinds there are; not a kind.</summary>
    Count,
}
