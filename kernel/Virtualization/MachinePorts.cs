// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization;

/// <summary>
/// What an exit may ask of the machine around its vCPU: the whole upward surface of the exit path.
/// Implemented by the Machine layer. A missing device reads as all ones and swallows writes; that is the bus's policy.
/// </summary>
public abstract class MachinePorts
{
    /// <summary>Reads an I/O port. <paramref name="size"/> is 1, 2 or 4 bytes; the result is zero-extended.</summary>
    public abstract uint ReadPort(VirtualCpu cpu, ushort port, int size);

    /// <summary>Writes an I/O port. <paramref name="size"/> is 1, 2 or 4 bytes.</summary>
    public abstract void WritePort(VirtualCpu cpu, ushort port, int size, uint value);

    /// <summary>
    /// Reads device memory. <paramref name="size"/> is 1, 2, 4 or 8 bytes; the result is zero-extended.
    /// </summary>
    public abstract ulong ReadMmio(VirtualCpu cpu, GuestPhysical address, int size);

    /// <summary>Writes device memory. <paramref name="size"/> is 1, 2, 4 or 8 bytes.</summary>
    public abstract void WriteMmio(VirtualCpu cpu, GuestPhysical address, int size, ulong value);

    /// <summary>
    /// Reads an MSR that belongs to the machine (APIC base, x2APIC, paravirtual clock); false means #GP.
    /// </summary>
    public abstract bool TryReadMsr(VirtualCpu cpu, uint index, out ulong value);

    /// <summary>Writes an MSR that belongs to the machine; false means #GP.</summary>
    public abstract bool TryWriteMsr(VirtualCpu cpu, uint index, ulong value);

    /// <summary>
    /// A hypercall in KVM's signature: number in RAX, arguments in RBX, RCX, RDX and RSI; the result goes to RAX.
    /// </summary>
    public abstract ulong Hypercall(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3);

    /// <summary>The processor shut down (triple fault): what the board does then, which on a PC is a reset.</summary>
    public abstract void TripleFault(VirtualCpu cpu);
}
