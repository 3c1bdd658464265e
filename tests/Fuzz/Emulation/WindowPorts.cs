// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Fuzz.Emulation;

/// <summary>A device that is memory, where the window is; it writes down what is asked of it.</summary>
internal sealed class WindowPorts : MachinePorts
{
    public byte[] Memory { get; } = new byte[TestLayout.WindowLength];

    public List<MemoryTouch> Accesses { get; } = [];

    public int PortAccesses { get; set; }

    public override uint ReadPort(VirtualCpu cpu, ushort port, int size)
    {
        PortAccesses++;
        return 0x1234_5678;
    }

    public override void WritePort(VirtualCpu cpu, ushort port, int size, uint value) => PortAccesses++;

    public override ulong ReadMmio(VirtualCpu cpu, GuestPhysical address, int size)
    {
        Accesses.Add(new MemoryTouch(address.Value, size));
        ulong value = 0;
        for (int index = 0; index < size; index++)
        {
            value |= (ulong)ByteAt(address.Value + (ulong)index) << (8 * index);
        }

        return value;
    }

    public override void WriteMmio(VirtualCpu cpu, GuestPhysical address, int size, ulong value)
    {
        Accesses.Add(new MemoryTouch(address.Value, size));
        for (int index = 0; index < size; index++)
        {
            ulong offset = address.Value + (ulong)index - TestLayout.Window;
            if (offset < TestLayout.WindowLength)
            {
                Memory[offset] = (byte)(value >> (8 * index));
            }
        }
    }

    public override bool TryReadMsr(VirtualCpu cpu, uint index, out ulong value)
    {
        value = 0;
        return false;
    }

    public override bool TryWriteMsr(VirtualCpu cpu, uint index, ulong value) => false;

    public override ulong Hypercall(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3) => 0;

    public override void TripleFault(VirtualCpu cpu)
    {
    }

    private byte ByteAt(ulong address) =>
        address - TestLayout.Window < TestLayout.WindowLength ? Memory[address - TestLayout.Window] : (byte)0xFF;
}
