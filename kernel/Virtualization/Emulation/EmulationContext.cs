// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// The emulator's memory of one vCPU: the instruction at hand, and the decoded ones that were met before.
/// </summary>
internal sealed class EmulationContext
{
    private const int CacheSize = 32;
    private const int CacheMask = CacheSize - 1;

    private readonly DecodedInstruction[] _cache = new DecodedInstruction[CacheSize];

    /// <summary>The bytes at CS:RIP, the first in bits 7:0, and how many could be fetched (1..15).</summary>
    public ulong BytesLow;
    public ulong BytesHigh;
    public int ByteCount;

    /// <summary>Where the first of them was found.</summary>
    public GuestPhysical Fetched;

    /// <summary>
    /// The words of the page tables that the last walk met, from the top, with their values after it.
    /// </summary>
    public readonly GuestPhysical[] WalkedPlaces = new GuestPhysical[TranslationProof.MaximumWords];
    public readonly ulong[] WalkedValues = new ulong[TranslationProof.MaximumWords];

    /// <summary>How many there were; more than can be kept where the walk cannot be remembered.</summary>
    public int WalkedCount;

    /// <summary>How often an instruction was decoded, and how often the bytes were those of a decoded one.</summary>
    public ulong Decoded;
    public ulong Reused;

    /// <summary>One of the kept instructions.</summary>
    public ref DecodedInstruction this[int slot] => ref _cache[slot];

    /// <summary>The number of the place where an instruction at this linear address is kept.</summary>
    public static int SlotOf(ulong linear) => (int)(linear ^ (linear >> 7)) & CacheMask;

    /// <summary>A word of a page table was walked through.</summary>
    public void RecordWalk(GuestPhysical place, ulong value)
    {
        if (WalkedCount < TranslationProof.MaximumWords)
        {
            WalkedPlaces[WalkedCount] = place;
            WalkedValues[WalkedCount] = value;
        }

        WalkedCount++;
    }

    /// <summary>Byte <paramref name="index"/> of the fetched ones, 0..14; 0 beyond them.</summary>
    public byte ByteAt(int index) => (byte)(index < 8 ? BytesLow >> (8 * index) : BytesHigh >> (8 * (index - 8)));

    /// <summary>Forgets where instructions were found: paging works differently from now on.</summary>
    public void ForgetPlaces()
    {
        for (int slot = 0; slot < _cache.Length; slot++)
        {
            _cache[slot].Mode = default;
        }
    }
}
