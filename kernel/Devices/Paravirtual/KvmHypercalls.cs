// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Chipset;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>Hypercalls in KVM's signature (Linux, Documentation/virt/kvm/x86/hypercalls.rst).</summary>
public sealed class KvmHypercalls
{
    private const ulong PollInterrupts = 1;
    private const ulong SendIpi = 10;
    private const ulong SchedulerYield = 11;

    // Results, negated: as Linux defines them for KVM.
    private const long NoSuchCall = 1000;
    private const long NotPermitted = 1;
    private const long Invalid = 22;

    private const int BitsPerWord = 64;
    private const ulong DestinationFields = 0xFFFF_FFFF_000C_0800;

    private readonly ApicBus _apics;
    private ulong _refused;

    public KvmHypercalls(ApicBus apics)
    {
        _apics = apics;
    }

    /// <summary>Calls that were refused: unknown ones, and those from a program of the guest.</summary>
    public ulong Refused => Volatile.Read(ref _refused);

    public ulong Call(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3)
    {
        if (cpu.PrivilegeLevel != 0)
        {
            _ = Interlocked.Increment(ref _refused);
            return Error(NotPermitted);
        }

        switch (number)
        {
            case PollInterrupts:
            case SchedulerYield:
                return 0;
            case SendIpi:
                return SendIpis(a0, a1, a2, a3);
            default:
                _ = Interlocked.Increment(ref _refused);
                return Error(NoSuchCall);
        }
    }

    private static ulong Error(long number) => (ulong)-number;

    /// <summary>
    /// Sends one interrupt to every processor whose bit is set: two words of bits, the APIC identification that the
    /// lowest stands for, and the ICR's low half without a destination. The result is the number of targets.
    /// </summary>
    private ulong SendIpis(ulong low, ulong high, ulong firstId, ulong command)
    {
        var mode = (ApicDeliveryMode)((command >> 8) & 7);
        if ((command & DestinationFields) != 0 || mode is not (ApicDeliveryMode.Fixed or ApicDeliveryMode.Nmi))
        {
            return Error(Invalid);
        }

        ulong sent = 0;
        foreach (LocalApic apic in _apics.Apics)
        {
            ulong bit = apic.InitialId - (ulong)(uint)firstId;
            ulong word = bit < BitsPerWord ? low : bit < 2 * BitsPerWord ? high : 0;
            if ((word >> (int)(bit % BitsPerWord) & 1) != 0)
            {
                _apics.SendTo(apic, new ApicMessage((byte)command, mode, false, false, apic.InitialId, false));
                sent++;
            }
        }

        return sent;
    }
}
