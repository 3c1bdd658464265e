// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Chipset;

/// <content>IA32_APIC_BASE, x2APIC's MSRs, IA32_TSC_DEADLINE, reset and INIT.</content>
public sealed partial class LocalApic
{
    public const uint BaseMsrIndex = 0x1B;
    public const uint TscDeadlineMsrIndex = 0x6E0;
    public const uint FirstX2ApicMsrIndex = 0x800;
    public const uint X2ApicMsrCount = 0x100;

    // IA32_APIC_BASE, SDM section 11.4.4.
    private const ulong BootProcessor = 1 << 8;
    private const ulong X2ApicEnable = 1 << 10;
    private const ulong GlobalEnable = 1 << 11;
    private const ulong ModeBits = GlobalEnable | X2ApicEnable;
    private const ulong LowReservedBits = 0x2FF;

    /// <summary>Version 0x14, six LVT entries, no suppression of EOI broadcasts.</summary>
    private const uint VersionValue = 0x0005_0014;

    private const int XApicIdShift = 24;

    // Registers that x2APIC mode lets RDMSR and WRMSR reach, bit by number (SDM table 11-6).
    private const ulong X2ApicReadable = 0x43FD_01FF_FFFF_A50C;
    private const ulong X2ApicWritable = 0xC1FD_0100_0000_8900;

    /// <summary>ICR in x2APIC mode, SDM figure 11-28: reserved below the destination.</summary>
    private const ulong X2ApicCommandReserved = 0xFFF3_2000;

    /// <summary>The guest-physical page where the registers are in xAPIC mode.</summary>
    public ulong BaseAddress => _state.BaseMsr & ~PageOffsetMask;

    /// <summary>Enabled in IA32_APIC_BASE; CPUID's APIC bit follows it.</summary>
    public bool IsEnabled => (_state.BaseMsr & GlobalEnable) != 0;

    public bool IsX2ApicEnabled => (_state.BaseMsr & ModeBits) == ModeBits;

    /// <summary>True where the register page answers: enabled, and not in x2APIC mode.</summary>
    public bool IsPageEnabled => (_state.BaseMsr & ModeBits) == GlobalEnable;

    /// <summary>
    /// Power-on. The boot processor's LINT0 is in ExtINT mode, as firmware leaves it, so that the PIC works at once.
    /// </summary>
    public void Reset()
    {
        _state.BaseMsr = PcLayout.LocalApicBase | GlobalEnable | (_isBootProcessor ? BootProcessor : 0);
        ResetRegisters();
        SetIdentification();
        TellMode();
    }

    /// <summary>
    /// INIT: as power-on but for the identification, the base address and the mode (SDM section 11.4.7.3).
    /// </summary>
    public override void Initialize() => ResetRegisters();

    /// <summary>RDMSR of one of the APIC's; false where it is to be a #GP.</summary>
    public bool TryReadMsr(uint index, out ulong value)
    {
        value = 0;
        if (index == BaseMsrIndex)
        {
            value = _state.BaseMsr;
            return true;
        }

        if (index == TscDeadlineMsrIndex)
        {
            value = _timer.ReadDeadline();
            return true;
        }

        uint register = index - FirstX2ApicMsrIndex;
        if (!IsX2ApicEnabled || register >= ApicRegister.Count || (X2ApicReadable >> (int)register & 1) == 0)
        {
            return false;
        }

        value = ReadRegister((int)register);
        if (register == ApicRegister.InterruptCommandLow)
        {
            value |= (ulong)Register(ApicRegister.InterruptCommandHigh) << 32;
        }

        return true;
    }

    /// <summary>WRMSR to one of the APIC's; false where it is to be a #GP.</summary>
    public bool TryWriteMsr(uint index, ulong value)
    {
        if (index == BaseMsrIndex)
        {
            return TryWriteBase(value);
        }

        if (index == TscDeadlineMsrIndex)
        {
            _timer.WriteDeadline(value);
            return true;
        }

        uint register = index - FirstX2ApicMsrIndex;
        return IsX2ApicEnabled
            && register < ApicRegister.Count
            && (X2ApicWritable >> (int)register & 1) != 0
            && TryWriteX2Apic((int)register, value);
    }

    private static ulong ReservedBaseBits(int physicalAddressBits) =>
        LowReservedBits | (ulong.MaxValue << Math.Clamp(physicalAddressBits, 32, 52));

    private bool TryWriteX2Apic(int register, ulong value)
    {
        if (register == ApicRegister.InterruptCommandLow)
        {
            if ((value & X2ApicCommandReserved) != 0)
            {
                return false;
            }

            Register(ApicRegister.InterruptCommandHigh) = (uint)(value >> 32);
            SendCommand((uint)value, (uint)(value >> 32));
            return true;
        }

        ulong allowed = register switch
        {
            ApicRegister.EndOfInterrupt or ApicRegister.ErrorStatus => 0,
            ApicRegister.TaskPriority or ApicRegister.SelfIpi => 0xFF,
            ApicRegister.SpuriousVector => SpuriousVectorBits,
            _ => uint.MaxValue,
        };
        if ((value & ~allowed) != 0)
        {
            return false;
        }

        if (register == ApicRegister.SelfIpi)
        {
            SendToSelf((byte)value);
        }
        else
        {
            WriteRegister(register, (uint)value);
        }

        return true;
    }

    /// <summary>
    /// SDM section 11.12.5: from x2APIC mode the only way is to disabled, from disabled the only way is to xAPIC mode,
    /// and coming back from disabled is a reset.
    /// </summary>
    private bool TryWriteBase(ulong value)
    {
        ulong from = _state.BaseMsr & ModeBits;
        ulong to = value & ModeBits;
        bool isLegal = to != X2ApicEnable
            && !(from == ModeBits && to == GlobalEnable)
            && !(from == 0 && to == ModeBits);
        if (!isLegal || (value & _reservedBaseBits) != 0)
        {
            return false;
        }

        _state.BaseMsr = value;
        if (from == 0 && to == GlobalEnable)
        {
            byte taskPriority = TaskPriorityClass;
            ResetRegisters();
            SetIdentification();
            TaskPriorityClass = taskPriority;
        }
        else if (from != to)
        {
            SetIdentification();
        }

        if (from != to && to == 0)
        {
            _timer.Reset();
        }

        TellMode();

        // The PIC's INTR may come through where it did not.
        RequestOfCpu(CpuRequests.Interrupt);
        return true;
    }

    /// <summary>
    /// All but the ID, which others compare at any time: a start-up IPI may follow an INIT while that is being taken.
    /// </summary>
    private void ResetRegisters()
    {
        _timer.Reset();
        ForgetPosted();
        for (int register = 0; register < ApicRegister.Count; register++)
        {
            if (register != ApicRegister.Id)
            {
                Register(register) = 0;
            }
        }

        _state.PendingErrors = 0;
        _requestedWords = 0;
        _inServiceWords = 0;
        SetLogicalDestination();
        Register(ApicRegister.Version) = VersionValue;
        Register(ApicRegister.SpuriousVector) = 0xFF;
        for (int register = ApicRegister.LvtTimer; register <= ApicRegister.LvtError; register++)
        {
            Register(register) = LvtMasked;
        }

        if (_isBootProcessor)
        {
            Register(ApicRegister.LvtLint0) = (uint)ApicDeliveryMode.External << 8;
        }
    }

    /// <summary>The ID and logical-destination registers, whose formats depend on the mode.</summary>
    private void SetIdentification()
    {
        Register(ApicRegister.Id) = IsX2ApicEnabled ? InitialId : InitialId << XApicIdShift;
        SetLogicalDestination();
    }

    private void SetLogicalDestination()
    {
        Register(ApicRegister.LogicalDestination) = IsX2ApicEnabled ? X2ApicLogicalId : 0;
        Register(ApicRegister.DestinationFormat) = IsX2ApicEnabled ? 0 : uint.MaxValue;
    }

    private uint X2ApicLogicalId => ((InitialId >> 4) << 16) | (1u << (int)(InitialId & 0xF));

    // ---- What a message is compared with; read by the processor that sends ----

    /// <summary>
    /// True where <paramref name="message"/>'s destination names this APIC: SDM sections
    /// 11.6.2.1, 11.6.2.2 and 11.12.10.
    /// </summary>
    internal bool IsTargetOf(in ApicMessage message)
    {
        if (!IsEnabled)
        {
            return false;
        }

        if (message.IsBroadcast)
        {
            return true;
        }

        return message.IsLogical ? IsLogicalTarget(message.Destination) : IsPhysicalTarget(message.Destination);
    }

    // The registers have the other mode's format for a moment after a change, so x2APIC's are not looked at.
    private bool IsPhysicalTarget(uint destination) =>
        destination == (IsX2ApicEnabled ? InitialId : Register(ApicRegister.Id) >> XApicIdShift);

    private bool IsLogicalTarget(uint destination)
    {
        if (IsX2ApicEnabled)
        {
            uint ownId = X2ApicLogicalId;
            return (ownId >> 16) == (destination >> 16) && (ownId & destination & 0xFFFF) != 0;
        }

        uint logicalId = Register(ApicRegister.LogicalDestination) >> XApicIdShift;
        return (Register(ApicRegister.DestinationFormat) >> 28) switch
        {
            0xF => (logicalId & destination & 0xFF) != 0,
            0x0 => ((logicalId ^ destination) & 0xF0) == 0 && (logicalId & destination & 0xF) != 0,
            _ => false,
        };
    }

    /// <summary>What the lowest-priority arbitration compares.</summary>
    internal uint ArbitrationPriority => ProcessorPriority;

    /// <summary>Whether fixed interrupts are accepted at all.</summary>
    internal bool AcceptsFixed => IsEnabled && IsSoftwareEnabled;
}
