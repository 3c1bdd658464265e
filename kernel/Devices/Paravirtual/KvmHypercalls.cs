// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Virtualization;

namespace Hypervisor.Devices.Paravirtual;

/// <summary>Hypercalls in KVM's signature (Linux, Documentation/virt/kvm/x86/hypercalls.rst).</summary>
public sealed class KvmHypercalls
{
    private const ulong PollInterrupts = 1;

    // Results, negated: as Linux defines them for KVM.
    private const long NoSuchCall = 1000;
    private const long NotPermitted = 1;

    private ulong _refused;

    /// <summary>Calls that were refused: unknown ones, and those from a program of the guest.</summary>
    public ulong Refused => Volatile.Read(ref _refused);

    public ulong Call(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3)
    {
        if (cpu.PrivilegeLevel != 0)
        {
            _ = Interlocked.Increment(ref _refused);
            return Error(NotPermitted);
        }

        if (number != PollInterrupts)
        {
            _ = Interlocked.Increment(ref _refused);
            return Error(NoSuchCall);
        }

        return 0;
    }

    private static ulong Error(long number) => (ulong)-number;
}
