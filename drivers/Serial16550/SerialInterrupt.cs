// SPDX-License-Identifier: MIT
using Hypervisor.Platform;
using Hypervisor.Runtime;

namespace Hypervisor.Drivers.Serial16550;

/// <summary>The port's interrupt.</summary>
internal sealed class SerialInterrupt : InterruptHandler
{
    private readonly SerialPort _port;

    public SerialInterrupt(SerialPort port)
    {
        _port = port;
    }

    public override void Invoke()
    {
        FaultInjector.Pass(FaultSite.SerialInterrupt);
        _port.Serve();
    }

    /// <summary>A fault around the driver's call: the device may wait for an answer, so it is set up anew.</summary>
    public override bool OnFault(FaultKind kind)
    {
        _port.Recover(kind);
        return false;
    }
}
