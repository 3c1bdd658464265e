// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Bus;
using Hypervisor.Memory;

namespace Hypervisor.Devices.Pci;

/// <summary>
/// PCI bus 0 of a VM, the only one: 32 devices of 8 functions, each behind both ways into configuration space. An empty
/// place reads as all ones.
/// </summary>
public sealed class PciBus
{
    private const int DeviceCount = 32;
    private const int FunctionsPerDevice = 8;

    private readonly PciFunction?[] _functions = new PciFunction?[DeviceCount * FunctionsPerDevice];

    /// <summary>Both ways in, the ports and the memory region, may be used at once by different processors.</summary>
    private readonly VmLock _lock = new();

    /// <summary>Puts a function at its place; while the VM is built only. A place that is taken is a fault.</summary>
    public void Add(int device, int function, PciFunction item)
    {
        int index = (device * FunctionsPerDevice) + function;
        if (_functions[index] is not null)
        {
            throw new InvalidOperationException(item.Name + " has the PCI place of " + _functions[index]!.Name);
        }

        _functions[index] = item;
    }

    /// <summary>
    /// Reads 1, 2 or 4 bytes; <paramref name="function"/> is bus, device and function as in ECAM's address.
    /// </summary>
    public uint Read(uint function, int offset, int size)
    {
        PciFunction? target = Find(function);
        if (target is null)
        {
            return (uint)AllOnes.OfSize(size);
        }

        _lock.Acquire();
        uint value = target.ReadConfiguration(offset, size);
        _lock.Release();
        return value;
    }

    public void Write(uint function, int offset, int size, uint value)
    {
        PciFunction? target = Find(function);
        if (target is null)
        {
            return;
        }

        _lock.Acquire();
        target.WriteConfiguration(offset, size, value);
        _lock.Release();
    }

    public void Reset()
    {
        for (int index = 0; index < _functions.Length; index++)
        {
            _functions[index]?.Reset();
        }
    }

    private PciFunction? Find(uint function) =>
        function < (uint)_functions.Length
            ? _functions[GuestIndex.Clamp((int)function, _functions.Length)]
            : null;
}
