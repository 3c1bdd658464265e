// SPDX-License-Identifier: MIT
using System.Threading;

namespace Hypervisor.Devices.Chipset;

/// <content>The register page: what reading and writing each register does.</content>
public sealed partial class LocalApic
{
    private const int BytesPerRegister = 16;
    private const ulong PageOffsetMask = 0xFFF;

    // Writable bits of the LVT entries: vector, delivery mode, polarity, trigger mode, mask, timer mode.
    private const uint TimerEntryBits = 0x7_00FF;
    private const uint SensorEntryBits = 0x1_07FF;
    private const uint PinEntryBits = 0x1_A7FF;
    private const uint ErrorEntryBits = 0x1_00FF;

    private const uint SpuriousVectorBits = 0x3FF;
    private const uint DestinationFormatFixedBits = 0x0FFF_FFFF;
    private const int TimerModeShift = 17;

    /// <summary>
    /// Writable bits of the ICR: reserved are 13, 16, 17 and 20 to 31; 12, the delivery status, is read-only.
    /// </summary>
    private const uint CommandBits = 0x000C_CFFF;

    /// <summary>Registers that the APIC has, bit by number: those of SDM table 11-1 without CMCI.</summary>
    private const ulong ExistingRegisters = 0x43FF_01FF_FFFF_FF0C;

    /// <summary>
    /// Reads the xAPIC page. Registers are 32 bits wide at every 16th byte; what lies between reads as 0.
    /// </summary>
    public uint Read(ulong offset)
    {
        int within = (int)(offset % BytesPerRegister);
        if (within >= sizeof(uint))
        {
            return 0;
        }

        int register = (int)((offset & PageOffsetMask) / BytesPerRegister);
        return register < ApicRegister.Count ? ReadRegister(register) >> (8 * within) : 0;
    }

    /// <summary>Writes the xAPIC page: whole registers only, SDM section 11.4.1.</summary>
    public void Write(ulong offset, int size, uint value)
    {
        int register = (int)((offset & PageOffsetMask) / BytesPerRegister);
        if (offset % BytesPerRegister == 0 && size >= sizeof(uint) && register < ApicRegister.Count)
        {
            WriteRegister(register, value);
        }
    }

    private uint ReadRegister(int register)
    {
        if ((ExistingRegisters >> register & 1) == 0)
        {
            ReportError(IllegalRegister);
            return 0;
        }

        return register == ApicRegister.CurrentCount
            ? _timer.ReadCurrentCount()
            : Volatile.Read(ref Register(register));
    }

    /// <summary>A write in either mode; the x2APIC path has checked what is reserved there.</summary>
    private void WriteRegister(int register, uint value)
    {
        switch (register)
        {
            case ApicRegister.EndOfInterrupt:
                EndOfInterrupt();
                break;
            case ApicRegister.TaskPriority:
                WriteTaskPriority(value);
                break;
            case ApicRegister.InterruptCommandLow:
                SendCommand(value, Register(ApicRegister.InterruptCommandHigh));
                break;
            case ApicRegister.InterruptCommandHigh:
                Register(register) = value & 0xFF00_0000;
                break;
            case ApicRegister.InitialCount:
                _timer.WriteInitialCount(value);
                Register(register) = _timer.State.InitialCount;
                break;
            case ApicRegister.DivideConfiguration:
                Register(register) = value & 0xB;
                _timer.WriteDivideConfiguration(value);
                break;
            case ApicRegister.ErrorStatus:
                Register(register) = Interlocked.Exchange(ref _state.PendingErrors, 0);
                break;
            case ApicRegister.SpuriousVector:
                WriteSpuriousVector(value);
                break;
            case ApicRegister.Id:
                Register(register) = value & 0xFF00_0000;
                break;
            case ApicRegister.LogicalDestination:
                Register(register) = value & 0xFF00_0000;
                break;
            case ApicRegister.DestinationFormat:
                Register(register) = value | DestinationFormatFixedBits;
                break;
            case >= ApicRegister.LvtTimer and <= ApicRegister.LvtError:
                WriteLocalVector(register, value);
                break;
            default:
                if ((ExistingRegisters >> register & 1) == 0)
                {
                    ReportError(IllegalRegister);
                }

                break;
        }
    }

    /// <summary>
    /// While the APIC is disabled by software its LVT entries are masked and stay so (SDM section 11.4.7.2).
    /// </summary>
    private void WriteSpuriousVector(uint value)
    {
        Register(ApicRegister.SpuriousVector) = value & SpuriousVectorBits;
        if ((value & SoftwareEnable) == 0)
        {
            for (int register = ApicRegister.LvtTimer; register <= ApicRegister.LvtError; register++)
            {
                Register(register) |= LvtMasked;
            }
        }
    }

    private void WriteLocalVector(int register, uint value)
    {
        uint writable = register switch
        {
            ApicRegister.LvtTimer => TimerEntryBits,
            ApicRegister.LvtLint0 or ApicRegister.LvtLint1 => PinEntryBits,
            ApicRegister.LvtError => ErrorEntryBits,
            _ => SensorEntryBits,
        };
        uint entry = (value & writable) | (IsSoftwareEnabled ? 0 : LvtMasked);
        Register(register) = entry;

        // The PIC raises INTR and then looks at this entry, here it is the other way round: one of both sees the other.
        Interlocked.MemoryBarrier();
        if (register == ApicRegister.LvtTimer)
        {
            _timer.SetMode((ApicTimerMode)((entry >> TimerModeShift) & 3));
            Register(ApicRegister.InitialCount) = _timer.State.InitialCount;
        }
        else if (register == ApicRegister.LvtLint0 && _bus.IsExternalAsserted && AcceptsExternal)
        {
            RequestOfCpu(Virtualization.CpuRequests.Interrupt);
        }
    }

    /// <summary>The self-IPI register of x2APIC mode, SDM section 11.12.11.</summary>
    private void SendToSelf(byte vector)
    {
        if (vector < LowestLegalVector)
        {
            ReportError(SendIllegalVector);
            return;
        }

        _ = TryAccept(vector, isLevel: false);
    }

    /// <summary>
    /// The interrupt command register, SDM section 11.6.1; <paramref name="high"/> is in this mode's format.
    /// </summary>
    private void SendCommand(uint low, uint high)
    {
        Register(ApicRegister.InterruptCommandLow) = low & CommandBits;
        byte vector = (byte)low;
        var mode = (ApicDeliveryMode)((low >> 8) & 7);
        bool isAsserted = (low & 0x4000) != 0;
        bool isLevel = (low & 0x8000) != 0;
        if (mode is ApicDeliveryMode.Fixed or ApicDeliveryMode.LowestPriority && vector < LowestLegalVector)
        {
            ReportError(SendIllegalVector);
            return;
        }

        // INIT level de-assert synchronized arbitration IDs on the Pentium; since then it does nothing.
        if (mode == ApicDeliveryMode.Init && isLevel && !isAsserted)
        {
            return;
        }

        uint destination = IsX2ApicEnabled ? high : high >> 24;
        uint broadcast = IsX2ApicEnabled ? ApicMessage.BroadcastDestinationX2 : ApicMessage.BroadcastDestination;
        var message = new ApicMessage(
            vector, mode, isLevel: false, (low & 0x800) != 0, destination, destination == broadcast);
        _bus.SendWithShorthand(message, (ApicShorthand)((low >> 18) & 3), this);
    }
}
