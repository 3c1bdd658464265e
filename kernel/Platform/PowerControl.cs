// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Platform.Acpi;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Switches the real machine off, or resets it: by ACPI where the firmware says how, else by what PCs have always had.
/// </summary>
public sealed class PowerControl
{
    private const ushort SleepEnable = 1 << 13;
    private const int SleepTypeShift = 10;
    private const ushort AcpiEnabled = 1;
    private const int Patience = 1_000_000;

    private const ushort ResetControlPort = 0xcf9;
    private const byte ResetRequest = 0x02;
    private const byte ResetNow = 0x06;
    private const ushort KeyboardPort = 0x64;
    private const byte KeyboardReset = 0xfe;

    private readonly FixedDescription _description;
    private readonly SleepState _powerOff;
    private readonly RegisterBlock _resetRegister;
    private readonly bool _hasResetMemory;
    private PowerRequest _asked;

    public PowerControl(AcpiTables tables, FixedDescription description, AddressSpace space)
    {
        _description = description;
        _powerOff = SleepState.FindPowerOff(tables, description);
        if (description.Reset.IsPresent && description.Reset.Space == RegisterAddress.MemorySpace)
        {
            HostVirtual register = space.MapDevice(new HostPhysical(description.Reset.Address), sizeof(byte));
            _resetRegister = new RegisterBlock(register, sizeof(byte));
            _hasResetMemory = true;
        }
    }

    /// <summary>True where the firmware says how the power is switched off.</summary>
    public bool CanPowerOff => _powerOff.IsKnown && _description.ControlA.IsPort;

    /// <summary>
    /// Has the console end the machine, once it has shown what the log holds: the reason must not be lost with it.
    /// </summary>
    public void Ask(PowerRequest request)
    {
        _asked = request;
        Log.Reader?.Wake();
    }

    /// <summary>What was asked since the last call.</summary>
    public PowerRequest TakeAsked()
    {
        PowerRequest asked = _asked;
        _asked = PowerRequest.None;
        return asked;
    }

    /// <summary>Switches the machine off; returns where it cannot, or where the machine did not obey.</summary>
    public void PowerOff()
    {
        if (!CanPowerOff)
        {
            return;
        }

        _ = Instructions.SaveAndDisableInterrupts();
        TakeOver();
        WriteControl(_description.ControlA, _powerOff.TypeA);
        if (_description.ControlB.IsPort)
        {
            WriteControl(_description.ControlB, _powerOff.TypeB);
        }

        for (int tries = 0; tries < Patience; tries++)
        {
            Instructions.Pause();
        }
    }

    /// <summary>Resets the machine, by the first means that works; returns only where none does.</summary>
    public void Reset()
    {
        _ = Instructions.SaveAndDisableInterrupts();
        if (_description.Reset.IsPort)
        {
            Instructions.Out8(_description.Reset.Port, _description.ResetValue);
            Wait();
        }
        else if (_hasResetMemory)
        {
            _resetRegister.Write8(0, _description.ResetValue);
            Wait();
        }

        Instructions.Out8(ResetControlPort, ResetRequest);
        Instructions.Out8(ResetControlPort, ResetNow);
        Wait();
        Instructions.Out8(KeyboardPort, KeyboardReset);
        Wait();
    }

    private static void Wait()
    {
        for (int tries = 0; tries < Patience; tries++)
        {
            Instructions.Pause();
        }
    }

    private static void WriteControl(RegisterAddress control, byte type)
    {
        ushort kept = (ushort)(Instructions.In16(control.Port) & ~((7 << SleepTypeShift) | SleepEnable));
        ushort request = (ushort)(kept | (type << SleepTypeShift));
        Instructions.Out16(control.Port, request);
        Instructions.Out16(control.Port, (ushort)(request | SleepEnable));
    }

    /// <summary>
    /// Asks the firmware for the power management registers, where it still has them (ACPI 6.4, 16.3.2).
    /// </summary>
    private void TakeOver()
    {
        bool isOurs = (Instructions.In16(_description.ControlA.Port) & AcpiEnabled) != 0;
        if (isOurs || _description.EnableCommandPort == 0 || _description.EnableCommand == 0)
        {
            return;
        }

        Instructions.Out8(_description.EnableCommandPort, _description.EnableCommand);
        for (int tries = 0; tries < Patience && !isOurs; tries++)
        {
            isOurs = (Instructions.In16(_description.ControlA.Port) & AcpiEnabled) != 0;
            Instructions.Pause();
        }
    }
}
