// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// The reset control register at port 0xCF9 (Intel ICH10 data sheet, section 13.7.5), which ACPI's reset register
/// names. The port lies within PCI's configuration address, so the PCI host bridge passes its byte accesses on.
/// </summary>
public sealed class ResetControl : ByteDevice
{
    private const byte SystemReset = 0x02;
    private const byte ResetCpu = 0x04;
    private const byte FullReset = 0x08;

    private readonly MachineControl _control;
    private ResetControlState _state;

    public ResetControl(MachineControl control)
    {
        _control = control;
    }

    public override string Name => "reset-control";

    public ref ResetControlState State => ref _state;

    public override void Reset() => _state = default;

    protected override byte ReadByte(int offset) => _state.Value;

    /// <summary>A rising RST_CPU resets the machine; SYS_RST only chooses how.</summary>
    protected override void WriteByte(int offset, byte value)
    {
        bool rises = (value & ~_state.Value & ResetCpu) != 0;
        _state.Value = (byte)(value & (SystemReset | FullReset));
        if (rises)
        {
            _control.Reset();
        }
    }
}
