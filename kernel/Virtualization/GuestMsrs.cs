// SPDX-License-Identifier: MIT
using System;
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// The model-specific registers of a vCPU: which there are, what reading gives, what writing does. Those that the
/// processor switches itself are here as well, for the vendor that does not pass them through.
/// </summary>
public sealed partial class GuestMsrs
{
    private const ulong ResetPat = 0x0007_0406_0007_0406;
    private const ulong MtrrCapabilities = 0x508;
    private const ulong BranchTraceUnavailable = (1 << 11) | (1 << 12);
    private const ulong FastStrings = 1;
    private const ulong AmdMicrocode = 0x0100_0065;
    private const ulong IntelMicrocode = 1UL << 32;
    private const ulong LfenceIsSerializing = 2;

    private ulong _miscEnable;
    private ulong _hardwareConfiguration;
    private ulong _speculationControl;

    /// <summary>Reads and writes of registers that no guest has.</summary>
    public ulong Refused { get; private set; }

    /// <summary>The state after reset. Called by <see cref="VirtualCpu.Reset"/>.</summary>
    internal void Reset(VirtualCpu cpu)
    {
        _miscEnable = BranchTraceUnavailable | FastStrings;
        _hardwareConfiguration = 0;
        _speculationControl = 0;
        ResetMtrrs();
        cpu.WriteState(StateRegister.Pat, ResetPat);
        cpu.SetSpeculationControl(0);
    }

    /// <summary>RDMSR; false means #GP.</summary>
    public bool TryRead(VirtualCpu cpu, uint index, out ulong value)
    {
        if (BelongsToMachine(index))
        {
            return cpu.Ports.TryReadMsr(cpu, index, out value);
        }

        if (TryStateRegister(index, out StateRegister register))
        {
            value = cpu.ReadState(register);
            return true;
        }

        if (TryReadMtrr(index, out value) || TryReadRemembered(cpu, index, out value))
        {
            return true;
        }

        return cpu.Ports.TryReadMsr(cpu, index, out value) || Refuse();
    }

    /// <summary>WRMSR; false means #GP.</summary>
    public bool TryWrite(VirtualCpu cpu, uint index, ulong value)
    {
        if (BelongsToMachine(index))
        {
            return cpu.Ports.TryWriteMsr(cpu, index, value);
        }

        if (TryStateRegister(index, out StateRegister register))
        {
            return TryWriteState(cpu, register, value);
        }

        if (IsMtrr(index))
        {
            return TryWriteMtrr(index, value);
        }

        WriteOutcome outcome = WriteRemembered(cpu, index, value);
        return outcome == WriteOutcome.Done
            || (outcome == WriteOutcome.Unknown && (cpu.Ports.TryWriteMsr(cpu, index, value) || Refuse()));
    }

    private enum WriteOutcome
    {
        Done,
        Fault,
        Unknown,
    }

    private static bool BelongsToMachine(uint index) => index is Msr.ApicBase or Msr.TimestampDeadline
        or (>= Msr.X2ApicFirst and <= Msr.X2ApicLast) or (>= Msr.KvmFirst and <= Msr.KvmLast);

    private bool Refuse()
    {
        Refused++;
        return false;
    }

    private static bool TryStateRegister(uint index, out StateRegister register)
    {
        StateRegister? found = index switch
        {
            Msr.Efer => StateRegister.Efer,
            Msr.PageAttributeTable => StateRegister.Pat,
            Msr.Star => StateRegister.Star,
            Msr.LongStar => StateRegister.LongStar,
            Msr.CompatibilityStar => StateRegister.CompatStar,
            Msr.SystemCallMask => StateRegister.SyscallMask,
            Msr.FsBase => StateRegister.FsBase,
            Msr.GsBase => StateRegister.GsBase,
            Msr.KernelGsBase => StateRegister.KernelGsBase,
            Msr.SysenterCs => StateRegister.SysenterCs,
            Msr.SysenterEsp => StateRegister.SysenterEsp,
            Msr.SysenterEip => StateRegister.SysenterEip,
            _ => null,
        };
        register = found.GetValueOrDefault();
        return found.HasValue;
    }

    private static bool TryWriteState(VirtualCpu cpu, StateRegister register, ulong value)
    {
        switch (register)
        {
            case StateRegister.Efer:
                return ControlRegisterRules.TryWriteEfer(cpu, value);
            case StateRegister.Pat when !IsValidPat(value):
                return false;
            case StateRegister.LongStar or StateRegister.CompatStar or StateRegister.FsBase or StateRegister.GsBase
                or StateRegister.KernelGsBase or StateRegister.SysenterEsp or StateRegister.SysenterEip
                when !ControlRegisterRules.IsCanonical(value):
                return false;
            default:
                cpu.WriteState(register, value);
                return true;
        }
    }

    /// <summary>Eight memory types of three bits; 2 and 3 are none.</summary>
    internal static bool IsValidPat(ulong value)
    {
        for (int part = 0; part < 8; part++)
        {
            if ((byte)(value >> (8 * part)) is 2 or 3 or > 7)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadRemembered(VirtualCpu cpu, uint index, out ulong value)
    {
        value = 0;
        switch (index)
        {
            case Msr.TimestampCounter:
                value = cpu.Clock.TimestampCounter + cpu.TimestampAdjust;
                return true;
            case Msr.TimestampAdjust:
                value = cpu.TimestampAdjust;
                return true;
            case Msr.TimestampAuxiliary:
                value = cpu.TscAux;
                return cpu.Vendor.HasTscAux;
            case Msr.SpeculationControl:
                value = _speculationControl;
                return cpu.Vendor.HasSpeculationControl;
            case Msr.MicrocodeRevision:
                value = cpu.Cpuid.IsAmd ? AmdMicrocode : IntelMicrocode;
                return true;
            case Msr.MiscellaneousEnable:
                value = _miscEnable;
                return true;
            case Msr.MachineCheckStatus:
            case Msr.DebugControl:
                return true;
            case Msr.ExtendedSupervisorState when cpu.Vendor.HasXsaves:
                return true;
            case Msr.HardwareConfiguration:
                value = _hardwareConfiguration;
                return true;
            case Msr.DecodeConfiguration:
                value = LfenceIsSerializing;
                return cpu.Cpuid.IsAmd;
            default:
                return ReadsAsZero(cpu, index);
        }
    }

    /// <summary>
    /// Registers without any effect in a virtual machine that kernels read without asking CPUID first.
    /// </summary>
    private static bool ReadsAsZero(VirtualCpu cpu, uint index) => index switch
    {
        Msr.PlatformId or Msr.MachineCheckCapability => true,
        Msr.FeatureControl => !cpu.Cpuid.IsAmd,
        Msr.SystemConfiguration or Msr.TopOfMemory or Msr.TopOfMemory2 or Msr.NorthBridgeConfiguration
            or (>= Msr.PStateLimit and <= Msr.PState7) or Msr.LoadStoreConfiguration
            or Msr.InstructionCacheConfiguration or Msr.DataCacheConfiguration or Msr.BusUnitConfiguration2
            => cpu.Cpuid.IsAmd,
        _ => false,
    };

    private WriteOutcome WriteRemembered(VirtualCpu cpu, uint index, ulong value)
    {
        switch (index)
        {
            case Msr.TimestampCounter:
                cpu.TimestampAdjust = value - cpu.Clock.TimestampCounter;
                return WriteOutcome.Done;
            case Msr.TimestampAdjust:
                cpu.TimestampAdjust = value;
                return WriteOutcome.Done;
            case Msr.TimestampAuxiliary when cpu.Vendor.HasTscAux:
                return WriteTscAux(cpu, value);
            case Msr.SpeculationControl when cpu.Vendor.HasSpeculationControl:
                return WriteSpeculationControl(cpu, value);
            case Msr.PredictionCommand when cpu.Vendor.HasPredictionBarrier:
                return WritePredictionCommand(cpu, value);
            case Msr.MiscellaneousEnable:
                _miscEnable = value;
                return WriteOutcome.Done;
            case Msr.MachineCheckStatus:
                return value == 0 ? WriteOutcome.Done : WriteOutcome.Fault;
            case Msr.DebugControl:
                // Branch records and single-stepping on branches are not offered: the bits do not stick.
                return WriteOutcome.Done;
            case Msr.ExtendedSupervisorState when cpu.Vendor.HasXsaves:
                return value == 0 ? WriteOutcome.Done : WriteOutcome.Fault;
            case Msr.HardwareConfiguration:
                _hardwareConfiguration = value;
                return WriteOutcome.Done;
            case Msr.MicrocodeRevision:
                return WriteOutcome.Done;
            case Msr.PatchLoader when cpu.Cpuid.IsAmd:
                return WriteOutcome.Done;
            case Msr.DecodeConfiguration when cpu.Cpuid.IsAmd:
                return WriteOutcome.Done;
            default:
                return ReadsAsZero(cpu, index) ? WriteOutcome.Done : WriteOutcome.Unknown;
        }
    }

    private static WriteOutcome WriteTscAux(VirtualCpu cpu, ulong value)
    {
        if (value > uint.MaxValue)
        {
            return WriteOutcome.Fault;
        }

        cpu.TscAux = (uint)value;
        return WriteOutcome.Done;
    }

    private WriteOutcome WriteSpeculationControl(VirtualCpu cpu, ulong value)
    {
        if ((value & ~cpu.Vendor.SpeculationMask) != 0)
        {
            return WriteOutcome.Fault;
        }

        _speculationControl = value;
        cpu.SetSpeculationControl(value);
        return WriteOutcome.Done;
    }

    private static WriteOutcome WritePredictionCommand(VirtualCpu cpu, ulong value)
    {
        if (value > 1)
        {
            return WriteOutcome.Fault;
        }

        if (value == 1)
        {
            cpu.IssuePredictionBarrier();
        }

        return WriteOutcome.Done;
    }
}
