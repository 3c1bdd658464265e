// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Virtualization;

namespace Hypervisor.Unit.Virtualization;

/// <summary>
/// A machine whose device memory is a dictionary of bytes, and which writes down what is asked of it.
/// </summary>
internal sealed class FakePorts : MachinePorts
{
    public Dictionary<ulong, byte> Device { get; } = [];

    public List<string> Log { get; } = [];

    public uint PortValue { get; set; }

    public override uint ReadPort(VirtualCpu cpu, ushort port, int size)
    {
        Log.Add($"in {port:x} {size}");
        return PortValue;
    }

    public override void WritePort(VirtualCpu cpu, ushort port, int size, uint value) =>
        Log.Add($"out {port:x} {size} {value:x}");

    public override ulong ReadMmio(VirtualCpu cpu, GuestPhysical address, int size)
    {
        Log.Add($"read {address.Value:x} {size}");
        ulong value = 0;
        for (int index = 0; index < size; index++)
        {
            value |= (ulong)Device.GetValueOrDefault(address.Value + (ulong)index) << (8 * index);
        }

        return value;
    }

    public override void WriteMmio(VirtualCpu cpu, GuestPhysical address, int size, ulong value)
    {
        Log.Add($"write {address.Value:x} {size} {value:x}");
        for (int index = 0; index < size; index++)
        {
            Device[address.Value + (ulong)index] = (byte)(value >> (8 * index));
        }
    }

    public override bool TryReadMsr(VirtualCpu cpu, uint index, out ulong value)
    {
        Log.Add($"rdmsr {index:x}");
        value = 0;
        return false;
    }

    public override bool TryWriteMsr(VirtualCpu cpu, uint index, ulong value)
    {
        Log.Add($"wrmsr {index:x} {value:x}");
        return false;
    }

    public override ulong Hypercall(VirtualCpu cpu, ulong number, ulong a0, ulong a1, ulong a2, ulong a3)
    {
        Log.Add($"hypercall {number:x} {a0:x} {a1:x} {a2:x} {a3:x}");
        return 42;
    }

    public override void TripleFault(VirtualCpu cpu) => Log.Add("triple fault");
}
