// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Unit.Devices;

/// <summary>A device that remembers its last access and answers with a pattern.</summary>
internal sealed class RecordingDevice(string name) : Device
{
    public override string Name => name;

    public int Accesses { get; private set; }

    public ulong LastOffset { get; private set; }

    public int LastSize { get; private set; }

    public ulong LastValue { get; private set; }

    public ulong Answer { get; set; } = 0x1122_3344_5566_7788;

    public override ulong Read(ulong offset, int size)
    {
        Record(offset, size, 0);
        return Answer & AllOnes.OfSize(size);
    }

    public override void Write(ulong offset, int size, ulong value) => Record(offset, size, value);

    public override void Reset() => Accesses = 0;

    private void Record(ulong offset, int size, ulong value)
    {
        Accesses++;
        LastOffset = offset;
        LastSize = size;
        LastValue = value;
    }
}
