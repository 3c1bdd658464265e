// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Unit.Devices;

/// <summary>A wire that counts its rising edges.</summary>
internal sealed class RecordingLine : InterruptLine
{
    public bool IsAsserted { get; private set; }

    public int Edges { get; private set; }

    public override void Set(bool asserted)
    {
        if (asserted && !IsAsserted)
        {
            Edges++;
        }

        IsAsserted = asserted;
    }
}
