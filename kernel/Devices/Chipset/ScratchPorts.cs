// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Bus;

namespace Hypervisor.Devices.Chipset;

/// <summary>
/// Port 0x80, which guests write for a short delay and for progress codes, and the DMA page registers after it: bytes
/// that keep their value and do nothing.
/// </summary>
public sealed class ScratchPorts : ByteDevice
{
    private const int PortCount = 1 + PcLayout.DmaPagePortCount;

    private ScratchPortsState _state;

    public ScratchPorts()
    {
        _state.Values = new byte[PortCount];
    }

    public override string Name => "scratch-ports";

    public override bool NeedsLock => false;

    public ref ScratchPortsState State => ref _state;

    public override void Reset() => System.Array.Clear(_state.Values);

    protected override byte ReadByte(int offset) => _state.Values[offset];

    protected override void WriteByte(int offset, byte value) => _state.Values[offset] = value;
}
