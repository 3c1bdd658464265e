// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// For test guests: a write ends the VM with the value as its result, as QEMU's isa-debug-exit does. Present only where
/// the config asks for it.
/// </summary>
public sealed class DebugExit : Device
{
    /// <summary>The ports that it takes.</summary>
    public const int PortCount = 4;

    private readonly MachineControl _control;

    public DebugExit(MachineControl control)
    {
        _control = control;
    }

    public override string Name => "debug-exit";

    public override ulong Read(ulong offset, int size) => 0;

    public override void Write(ulong offset, int size, ulong value) => _control.DebugExit((uint)value);

    public override void Reset()
    {
    }
}
