// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>Why a VM cannot go on and what its vCPU did just then. One per vCPU, allocated with it.</summary>
public sealed class StopReport
{
    /// <summary>A sentence; null while nothing has happened.</summary>
    public string? Reason { get; set; }

    /// <summary>What is at fault, where it has a name: the instruction's form, say. Empty otherwise.</summary>
    public string Subject { get; set; } = string.Empty;

    public ulong Rip { get; set; }

    /// <summary>The guest-physical address of the access, or the processor's raw word, as the reason says.</summary>
    public ulong Detail { get; set; }

    public uint RawCode { get; set; }

    /// <summary>The instruction's bytes, the first in bits 7:0, and how many of them are known (0..15).</summary>
    public ulong BytesLow { get; set; }
    public ulong BytesHigh { get; set; }
    public int ByteCount { get; set; }

    /// <summary>Byte <paramref name="index"/> of the instruction, 0..14.</summary>
    public byte ByteAt(int index) => (byte)(index < 8 ? BytesLow >> (8 * index) : BytesHigh >> (8 * (index - 8)));

    public void Clear()
    {
        Reason = null;
        Subject = string.Empty;
        Rip = 0;
        Detail = 0;
        RawCode = 0;
        BytesLow = 0;
        BytesHigh = 0;
        ByteCount = 0;
    }
}
