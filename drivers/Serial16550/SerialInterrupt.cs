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

    public override void OnFault(FaultKind kind) => _port.Reset();
}
