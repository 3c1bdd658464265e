// SPDX-License-Identifier: MIT
using Hypervisor.Devices;

namespace Hypervisor.Unit.Devices;

/// <summary>Counts what devices ask of the machine.</summary>
internal sealed class TestControl : MachineControl
{
    public int PowerOffs { get; private set; }

    public int Resets { get; private set; }

    public uint? ExitCode { get; private set; }

    public override void PowerOff() => PowerOffs++;

    public override void Reset() => Resets++;

    public override void DebugExit(uint code) => ExitCode = code;
}
