// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Machine;

/// <summary>
/// How much RAM a guest can be given: whole free blocks only, and what the VM needs beside its RAM (its region, its
/// processors' structures, two sets of tables) must be there too.
/// </summary>
public static class GuestCapacity
{
    /// <summary>The region and the structures of one VM take less than a block.</summary>
    private const int BlocksBeside = 1;

    /// <summary>What one more guest of usual size takes beside its RAM, in bytes.</summary>
    public const ulong BytesBeside = BlocksBeside * FrameAllocator.BlockSize;

    /// <summary>
    /// Two tables for each GiB (nested and in the window): a block is enough for the tables of 256 GiB.
    /// </summary>
    private const int BlocksPerTableBlock = 256 * 512;

    /// <summary>Bytes that the largest guest can have at this moment.</summary>
    public static ulong Of(FrameAllocator frames)
    {
        int blocks = frames.FreeBlocks;
        int beside = BlocksBeside + ((blocks + BlocksPerTableBlock - 1) / BlocksPerTableBlock);
        return (ulong)Math.Max(blocks - beside, 0) * FrameAllocator.BlockSize;
    }

    /// <summary>The sentence for a VM that found too little memory of the kind that it needed.</summary>
    public static string Shortage(FrameAllocator frames, ulong wanted)
    {
        ulong blocks = (ulong)frames.FreeBlocks * FrameAllocator.BlockSize;
        ulong free = (ulong)frames.FreeFrames * FrameAllocator.FrameSize;
        TextBuilder text = new TextBuilder().Append(wanted >> 20).Append(" MiB of RAM are wanted in blocks of 2 MiB, ");
        _ = text.Append(blocks >> 20).Append(" MiB are free in such blocks and ");
        return text.Append(free >> 20).Append(" MiB in all").ToString();
    }
}
