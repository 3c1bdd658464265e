// SPDX-License-Identifier: MIT
using Iced.Intel;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Hands the fetched bytes to the decoder, one by one.</summary>
internal sealed class FetchedBytes : CodeReader
{
    private ulong _low;
    private ulong _high;
    private int _count;
    private int _position;

    /// <summary>Starts again with the bytes of a vCPU; they are copied, because this outlives the vCPU.</summary>
    public void Begin(EmulationContext context)
    {
        _low = context.BytesLow;
        _high = context.BytesHigh;
        _count = context.ByteCount;
        _position = 0;
    }

    public override int ReadByte()
    {
        if (_position >= _count)
        {
            return -1;
        }

        int position = _position++;
        return (byte)(position < 8 ? _low >> (8 * position) : _high >> (8 * (position - 8)));
    }
}
