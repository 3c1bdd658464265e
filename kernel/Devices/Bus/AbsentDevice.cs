// SPDX-License-Identifier: MIT
namespace Hypervisor.Devices.Bus;

/// <summary>Nothing: reads as all ones and swallows writes.</summary>
internal sealed class AbsentDevice : Device
{
    public override string Name => "absent";

    public override ulong Read(ulong offset, int size) => AllOnes.OfSize(size);

    public override void Write(ulong offset, int size, ulong value)
    {
    }

    public override void Reset()
    {
    }
}
