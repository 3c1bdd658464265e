// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// Where everything sits in the PC that a guest sees: guest-physical addresses, I/O ports and interrupt numbers. The
/// device models and the tables that tell the guest about them (ACPI, boot parameters) both read them here.
/// </summary>
public static class PcLayout
{
    // ---- guest-physical memory, in bytes ----

    /// <summary>Conventional memory ends here: the extended BIOS data area, then the legacy hole up to 1 MiB.</summary>
    public const ulong ConventionalMemoryEnd = 0x9_FC00;

    /// <summary>The BIOS area (0xE0000..0xFFFFF), where a guest looks for the ACPI root pointer.</summary>
    public const ulong BiosAreaBase = 0xE_0000;
    public const ulong BiosAreaEnd = 0x10_0000;

    /// <summary>
    /// RAM below 4 GiB ends here at the latest; the rest of it goes on at <see cref="HighMemoryBase"/>.
    /// </summary>
    public const ulong LowMemoryLimit = 0xC000_0000;
    public const ulong HighMemoryBase = 0x1_0000_0000;

    /// <summary>Window for the memory BARs of PCI devices.</summary>
    public const ulong PciMemoryBase = 0xC000_0000;
    public const ulong PciMemoryLength = 0x2000_0000;

    /// <summary>PCI Express enhanced configuration space (MCFG): 1 MiB for every bus from 0.</summary>
    public const ulong EcamBase = 0xE000_0000;
    public const ulong EcamLength = EcamBytesPerBus * EcamBusCount;
    public const ulong EcamBytesPerBus = 0x10_0000;
    public const int EcamBusCount = 256;

    /// <summary>The I/O APIC's page and the local APICs' (reset value of IA32_APIC_BASE).</summary>
    public const ulong IoApicBase = 0xFEC0_0000;
    public const ulong IoApicLength = 0x1000;
    public const ulong LocalApicBase = ApicBase.ResetAddress;
    public const ulong LocalApicLength = 0x1000;

    // ---- interrupts ----

    /// <summary>Number of the I/O APIC's inputs; its global system interrupts start at 0.</summary>
    public const int IoApicPins = 24;

    /// <summary>
    /// The I/O APIC's identification (MADT and its ID register after reset) follows the processors' in ACPI.
    /// </summary>
    public const byte IoApicId = 0;

    /// <summary>ISA interrupt 0 (the PIT) arrives at this global system interrupt: an override in the MADT.</summary>
    public const int TimerIrq = 0;
    public const int TimerGsi = 2;
    public const int KeyboardIrq = 1;
    public const int Com2Irq = 3;
    public const int Com1Irq = 4;
    public const int RtcIrq = 8;

    /// <summary>The ACPI system control interrupt: level-triggered, active high (an override in the MADT).</summary>
    public const int SciIrq = 9;

    /// <summary>PCI INTA# to INTD# are swizzled over four inputs from here on; level-triggered, active high.</summary>
    public const int PciFirstGsi = 16;
    public const int PciGsiCount = 4;

    // ---- I/O ports ----

    public const ushort MasterPicPort = 0x20;
    public const ushort SlavePicPort = 0xA0;
    public const ushort PicEdgeLevelPort = 0x4D0;
    public const ushort PitPort = 0x40;
    public const ushort KeyboardDataPort = 0x60;
    public const ushort SystemControlBPort = 0x61;
    public const ushort KeyboardStatusPort = 0x64;
    public const ushort RtcPort = 0x70;
    public const ushort DelayPort = 0x80;
    public const ushort DmaPagePort = 0x81;
    public const ushort DmaPagePortCount = 15;
    public const ushort SystemControlAPort = 0x92;
    public const ushort DebugExitPort = 0xF4;
    public const ushort Com2Port = 0x2F8;
    public const ushort Com1Port = 0x3F8;
    public const ushort PciConfigAddressPort = 0xCF8;
    public const ushort ResetControlPort = 0xCF9;
    public const ushort PciConfigDataPort = 0xCFC;

    // ---- ACPI fixed hardware (FADT) ----

    public const ushort Pm1EventPort = 0x600;
    public const byte Pm1EventLength = 4;
    public const ushort Pm1ControlPort = 0x604;
    public const byte Pm1ControlLength = 2;
    public const ushort PmTimerPort = 0x608;
    public const byte PmTimerLength = 4;
    public const ushort Gpe0Port = 0x620;
    public const byte Gpe0Length = 4;

    /// <summary>SLP_TYP of \_S5 in the DSDT; writing it with SLP_EN switches the power off.</summary>
    public const byte SleepTypeS5 = 5;

    /// <summary>What the FADT's RESET_VALUE asks to be written to RESET_REG (<see cref="ResetControlPort"/>).</summary>
    public const byte ResetValue = 0x06;

    /// <summary>CMOS byte that holds the century (FADT CENTURY).</summary>
    public const byte RtcCenturyIndex = 0x32;
}
