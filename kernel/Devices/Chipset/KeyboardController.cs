// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// An 8042 keyboard controller with nothing plugged in (IBM PS/2 Hardware Interface Technical Reference): its
/// self-tests pass, a device never answers, and pulsing output bit 0 resets the machine. ACPI does not announce it.
/// Device offsets: 0 port 0x60, 1 port 0x64.
/// </summary>
public sealed class KeyboardController : ByteDevice
{
    // Commands at port 0x64.
    private const byte ReadCommandByte = 0x20;
    private const byte WriteCommandByte = 0x60;
    private const byte DisableAuxiliary = 0xA7;
    private const byte EnableAuxiliary = 0xA8;
    private const byte TestAuxiliary = 0xA9;
    private const byte SelfTest = 0xAA;
    private const byte TestKeyboard = 0xAB;
    private const byte DisableKeyboard = 0xAD;
    private const byte EnableKeyboard = 0xAE;
    private const byte ReadInputPort = 0xC0;
    private const byte ReadOutputPort = 0xD0;
    private const byte WriteOutputPort = 0xD1;
    private const byte WriteKeyboardBuffer = 0xD2;
    private const byte WriteAuxiliaryBuffer = 0xD3;
    private const byte WriteAuxiliary = 0xD4;
    private const byte PulseOutput = 0xF0;

    private const byte SelfTestPassed = 0x55;
    private const byte LineTestPassed = 0x00;

    // Status at port 0x64.
    private const byte OutputFull = 0x01;
    private const byte SystemFlag = 0x04;
    private const byte CommandWritten = 0x08;
    private const byte NotInhibited = 0x10;

    // Command byte.
    private const byte KeyboardDisabled = 0x10;
    private const byte AuxiliaryDisabled = 0x20;

    /// <summary>The output port with the processor out of reset and A20 open.</summary>
    private const byte OutputPortValue = 0x03;
    private const byte NoReset = 0x01;

    private readonly MachineControl _control;
    private KeyboardControllerState _state;

    public KeyboardController(MachineControl control)
    {
        _control = control;
        Reset();
    }

    public override string Name => "i8042";

    public ref KeyboardControllerState State => ref _state;

    public override void Reset()
    {
        _state = default;
        _state.CommandByte = KeyboardDisabled | AuxiliaryDisabled;
    }

    protected override byte ReadByte(int offset)
    {
        if (offset == 0)
        {
            _state.OutputFull = false;
            return _state.Output;
        }

        return (byte)(SystemFlag
            | NotInhibited
            | (_state.OutputFull ? OutputFull : 0)
            | (_state.LastWasCommand ? CommandWritten : 0));
    }

    protected override void WriteByte(int offset, byte value)
    {
        _state.LastWasCommand = offset != 0;
        if (offset == 0)
        {
            WriteData(value);
        }
        else
        {
            WriteCommand(value);
        }
    }

    private void WriteCommand(byte command)
    {
        _state.PendingCommand = 0;
        switch (command)
        {
            case ReadCommandByte:
                Answer(_state.CommandByte);
                break;
            case SelfTest:
                _state.CommandByte |= KeyboardDisabled | AuxiliaryDisabled;
                Answer(SelfTestPassed);
                break;
            case TestKeyboard:
            case TestAuxiliary:
                Answer(LineTestPassed);
                break;
            case ReadInputPort:
                Answer(0);
                break;
            case ReadOutputPort:
                Answer(OutputPortValue);
                break;
            case DisableKeyboard:
                _state.CommandByte |= KeyboardDisabled;
                break;
            case EnableKeyboard:
                _state.CommandByte &= unchecked((byte)~KeyboardDisabled);
                break;
            case DisableAuxiliary:
                _state.CommandByte |= AuxiliaryDisabled;
                break;
            case EnableAuxiliary:
                _state.CommandByte &= unchecked((byte)~AuxiliaryDisabled);
                break;
            case WriteCommandByte:
            case WriteOutputPort:
            case WriteKeyboardBuffer:
            case WriteAuxiliaryBuffer:
            case WriteAuxiliary:
                _state.PendingCommand = command;
                break;
            case >= PulseOutput when (command & NoReset) == 0:
                _control.Reset();
                break;
        }
    }

    private void WriteData(byte value)
    {
        byte command = _state.PendingCommand;
        _state.PendingCommand = 0;
        switch (command)
        {
            case WriteCommandByte:
                _state.CommandByte = value;
                break;
            case WriteOutputPort when (value & NoReset) == 0:
                _control.Reset();
                break;
            case WriteKeyboardBuffer:
            case WriteAuxiliaryBuffer:
                Answer(value);
                break;
        }
    }

    private void Answer(byte value)
    {
        _state.Output = value;
        _state.OutputFull = true;
    }
}
