// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Chipset;

/// <summary>The 8042's registers.</summary>
public struct KeyboardControllerState
{
    /// <summary>The byte that the guest is to read, and whether there is one.</summary>
    public byte Output;
    public bool OutputFull;

    /// <summary>The controller's command byte.</summary>
    public byte CommandByte;

    /// <summary>The command whose data byte comes next at port 0x60; 0 for none.</summary>
    public byte PendingCommand;

    /// <summary>The last write was a command: status bit 3.</summary>
    public bool LastWasCommand;
}
