// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>Ends the time during which a port is left alone whose driver has faulted too often.</summary>
internal sealed class SerialPause : Alarm
{
    private readonly SerialPort _port;

    public SerialPause(SerialPort port)
    {
        _port = port;
    }

    public override void Fire(ulong now) => _port.Revive();
}
