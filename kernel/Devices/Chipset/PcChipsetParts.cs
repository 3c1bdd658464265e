// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Backends;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <summary>What a <see cref="PcChipset"/> is put together from: filled by the machine's builder.</summary>
public sealed class PcChipsetParts
{
    public PcChipsetParts(VirtualClock clock, GuestMemory memory, MachineControl control, CharacterBackend com1)
    {
        Clock = clock;
        Memory = memory;
        Control = control;
        Com1 = com1;
    }

    public VirtualClock Clock { get; }

    public GuestMemory Memory { get; }

    public MachineControl Control { get; }

    public CharacterBackend Com1 { get; }

    /// <summary>The other end of the second serial port; without one there is no second port.</summary>
    public CharacterBackend? Com2 { get; set; }

    /// <summary>How many vCPUs; APIC identifications count from 0.</summary>
    public int CpuCount { get; set; } = 1;

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
