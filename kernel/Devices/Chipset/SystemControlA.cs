// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// Port 0x92, system control port A of the PS/2: a fast reset, and the A20 gate, which is always open here.
/// </summary>
public sealed class SystemControlA : ByteDevice
{
    private const byte FastReset = 0x01;
    private const byte AddressLine20 = 0x02;

    private readonly MachineControl _control;
    private SystemControlAState _state;

    public SystemControlA(MachineControl control)
    {
        _control = control;
        Reset();
    }

    public override string Name => "system-control-a";

    public ref SystemControlAState State => ref _state;

    public override void Reset() => _state.Value = AddressLine20;

    protected override byte ReadByte(int offset) => _state.Value;

    protected override void WriteByte(int offset, byte value)
    {
        bool rises = (value & ~_state.Value & FastReset) != 0;
        _state.Value = (byte)(value | AddressLine20);
        if (rises)
        {
            _control.Reset();
        }
    }
}
