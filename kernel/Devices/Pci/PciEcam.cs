// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Pci;

/// <summary>
/// The enhanced configuration access mechanism (PCI Express Base specification 5.0, section 7.2.2): a memory
/// region with 4 KiB for every function.
/// </summary>
public sealed class PciEcam : Device
{
    private const int FunctionShift = 12;
    private const ulong RegisterBits = 0xFFF;

    private readonly PciBus _bus;

    public PciEcam(PciBus bus)
    {
        _bus = bus;
    }

    public override string Name => "pci-ecam";

    public override ulong Read(ulong offset, int size)
    {
        if (!IsAligned(offset, size))
        {
            return AllOnes.OfSize(size);
        }

        uint function = (uint)(offset >> FunctionShift);
        int register = (int)(offset & RegisterBits);
        if (size <= sizeof(uint))
        {
            return _bus.Read(function, register, size);
        }

        ulong low = _bus.Read(function, register, sizeof(uint));
        return low | ((ulong)_bus.Read(function, register + sizeof(uint), sizeof(uint)) << 32);
    }

    public override void Write(ulong offset, int size, ulong value)
    {
        if (!IsAligned(offset, size))
        {
            return;
        }

        uint function = (uint)(offset >> FunctionShift);
        int register = (int)(offset & RegisterBits);
        _bus.Write(function, register, size <= sizeof(uint) ? size : sizeof(uint), (uint)value);
        if (size > sizeof(uint))
        {
            _bus.Write(function, register + sizeof(uint), sizeof(uint), (uint)(value >> 32));
        }
    }

    public override void Reset()
    {
    }

    /// <summary>Accesses cross no boundary of their size, so they stay within one function.</summary>
    private static bool IsAligned(ulong offset, int size) => (offset & (uint)(size - 1)) == 0;
}
