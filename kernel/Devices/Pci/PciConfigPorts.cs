// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;
using Hypervisor.Devices.Chipset;

namespace Hypervisor.Devices.Pci;

/// <summary>
/// PCI configuration mechanism #1 (PCI Local Bus specification 3.0, section 3.2.2.3.2). Device offsets: 0..3
/// CONFIG_ADDRESS, which takes 32-bit accesses only, 4..7 CONFIG_DATA. Byte accesses to offset 1 are port 0xCF9's.
/// </summary>
public sealed class PciConfigPorts : Device
{
    /// <summary>The ports from CONFIG_ADDRESS to the end of CONFIG_DATA.</summary>
    public const int PortCount = 8;

    private const uint Enable = 0x8000_0000;
    private const uint AddressBits = 0x80FF_FFFC;
    private const uint RegisterBits = 0xFC;
    private const int FunctionShift = 8;
    private const uint FunctionBits = 0xFFFF;
    private const ulong DataOffset = 4;
    private const ulong ResetControlOffset = PcLayout.ResetControlPort - PcLayout.PciConfigAddressPort;

    private readonly PciBus _bus;
    private readonly ResetControl _resetControl;
    private PciConfigPortsState _state;

    public PciConfigPorts(PciBus bus, ResetControl resetControl)
    {
        _bus = bus;
        _resetControl = resetControl;
    }

    public override string Name => "pci-config";

    public ref PciConfigPortsState State => ref _state;

    public override void Reset() => _state = default;

    public override ulong Read(ulong offset, int size)
    {
        if (offset >= DataOffset)
        {
            return TryTarget((int)(offset - DataOffset), size, out uint function, out int register)
                ? _bus.Read(function, register, size)
                : AllOnes.OfSize(size);
        }

        if (offset == 0 && size == sizeof(uint))
        {
            return _state.Address;
        }

        return offset == ResetControlOffset && size == 1 ? _resetControl.Read(0, 1) : AllOnes.OfSize(size);
    }

    public override void Write(ulong offset, int size, ulong value)
    {
        if (offset >= DataOffset)
        {
            if (TryTarget((int)(offset - DataOffset), size, out uint function, out int register))
            {
                _bus.Write(function, register, size, (uint)value);
            }
        }
        else if (offset == 0 && size == sizeof(uint))
        {
            _state.Address = (uint)value & AddressBits;
        }
        else if (offset == ResetControlOffset && size == 1)
        {
            _resetControl.Write(0, 1, value);
        }
    }

    private bool TryTarget(int dataByte, int size, out uint function, out int register)
    {
        function = (_state.Address >> FunctionShift) & FunctionBits;
        register = (int)(_state.Address & RegisterBits) + dataByte;
        return (_state.Address & Enable) != 0 && dataByte + size <= sizeof(uint);
    }
}
