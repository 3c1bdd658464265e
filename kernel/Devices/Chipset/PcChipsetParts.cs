// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Backends;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>What a <see cref="PcChipset"/> is put together from: filled by the machine's builder.</summary>
public sealed class PcChipsetParts
{
    /// <param name="clock">The VM's.</param>
    /// <param name="memory">The VM's RAM.</param>
    /// <param name="control">What a reset and a power-off reach.</param>
    /// <param name="com1">The other end of the first serial port.</param>
    /// <param name="apicPages">The registers of the local APICs: as many pages as there are vCPUs.</param>
    public PcChipsetParts(VirtualClock clock, GuestMemory memory, MachineControl control, CharacterBackend com1,
        RegisterPage[] apicPages)
    {
        ApicPages = apicPages;
        Clock = clock;
        Memory = memory;
        Control = control;
        Com1 = com1;
    }

    public VirtualClock Clock { get; }

    public GuestMemory Memory { get; }

    public MachineControl Control { get; }

    public CharacterBackend Com1 { get; }

    /// <summary>One for each vCPU; APIC identifications count from 0.</summary>
    public RegisterPage[] ApicPages { get; }

    /// <summary>How many vCPUs.</summary>
    public int CpuCount => ApicPages.Length;

    /// <summary>The other end of the second serial port; without one there is no second port.</summary>
    public CharacterBackend? Com2 { get; set; }

    /// <summary>
    /// The clocks on which the local APICs' timers run, by vCPU; without them <see cref="Clock"/> serves all.
    /// </summary>
    public VirtualClock[]? CpuClocks { get; set; }

    /// <summary>MAXPHYADDR of the guest's CPUID.</summary>
    public int PhysicalAddressBits { get; set; } = 40;

    /// <summary>The host's TSCs agree, so that the paravirtual clock may say so.</summary>
    public bool IsClockStable { get; set; }

    /// <summary>Adds the port by which a test guest ends the VM with a result.</summary>
    public bool HasDebugExit { get; set; }
}
