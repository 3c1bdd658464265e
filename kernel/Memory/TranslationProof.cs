// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Threading;

namespace Hypervisor.Memory;

/// <summary>
/// Remembers where a guest's linear address was found: the words of its page tables that led there, and the memory
/// itself. As long as the words hold the same values the translation is still right, which costs a few loads instead of
/// a walk. Lives as long as the VM's RAM, whose addresses it keeps.
/// </summary>
public unsafe struct TranslationProof
{
    /// <summary>Levels of page tables that can be remembered.</summary>
    public const int MaximumWords = 4;

    /// <summary>Bytes of memory that can be read where the proof holds.</summary>
    public const ulong Length = 16;

    private byte* _memory;
    private ulong* _word0;
    private ulong* _word1;
    private ulong* _word2;
    private ulong* _word3;
    private ulong _value0;
    private ulong _value1;
    private ulong _value2;
    private ulong _value3;

    /// <summary>
    /// True where the page tables are as they were. Never called on one that <see cref="TryBegin"/> did not make.
    /// </summary>
    public readonly bool Holds
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _word0 == null || (Volatile.Read(ref *_word0) == _value0
            && Volatile.Read(ref *_word1) == _value1
            && Volatile.Read(ref *_word2) == _value2
            && Volatile.Read(ref *_word3) == _value3);
    }

    /// <summary>The first eight bytes of the memory, as they are now.</summary>
    public readonly ulong Low => Unsafe.ReadUnaligned<ulong>(_memory);

    /// <summary>The next eight bytes.</summary>
    public readonly ulong High => Unsafe.ReadUnaligned<ulong>(_memory + 8);

    /// <summary>Starts with the memory at <paramref name="address"/> and no words; false where it is not RAM.</summary>
    public static bool TryBegin(GuestMemory memory, GuestPhysical address, out TranslationProof proof)
    {
        proof = default;
        if (!memory.TryLocate(address, Length, out byte* start))
        {
            return false;
        }

        proof._memory = start;
        return true;
    }

    /// <summary>
    /// Adds one word that held <paramref name="value"/>; false where it does not any more, or is not RAM.
    /// </summary>
    public bool TryAdd(GuestMemory memory, int index, GuestPhysical address, ulong value)
    {
        if (!memory.TryLocate(address, sizeof(ulong), out byte* place) || Volatile.Read(ref *(ulong*)place) != value)
        {
            return false;
        }

        switch (index)
        {
            case 0:
                // Those that are not used repeat the first.
                _word0 = _word1 = _word2 = _word3 = (ulong*)place;
                _value0 = _value1 = _value2 = _value3 = value;
                return true;
            case 1:
                _word1 = (ulong*)place;
                _value1 = value;
                return true;
            case 2:
                _word2 = (ulong*)place;
                _value2 = value;
                return true;
            case 3:
                _word3 = (ulong*)place;
                _value3 = value;
                return true;
            default:
                return false;
        }
    }
}
