// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;

namespace Hypervisor.Memory;

/// <summary>
/// A safe view of one page of 1024 registers of 32 bits that a processor may read and write too: a local APIC's. Who
/// shares a word with others accesses it by <see cref="System.Threading.Volatile"/> or
/// <see cref="System.Threading.Interlocked"/>.
/// </summary>
public readonly unsafe struct RegisterPage
{
    /// <summary>Words in the page.</summary>
    public const int WordCount = 1024;

    /// <summary>The page at <paramref name="address"/>, which is a multiple of 4096.</summary>
    public RegisterPage(HostPhysical address)
    {
        Address = address.AlignDown(FrameAllocator.FrameSize);
    }

    /// <summary>Where it lies: what a processor is told.</summary>
    public HostPhysical Address { get; }

    /// <summary>One word, 0..1023. Any other index is a fault.</summary>
    public ref uint this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= WordCount)
            {
                Refuse();
            }

            return ref ((uint*)DirectMap.ToPointer(Address))[index];
        }
    }

    /// <summary>Makes all words zero.</summary>
    public void Clear() => DirectMap.Clear(Address, (int)FrameAllocator.FrameSize);

    private static void Refuse() => throw new IndexOutOfRangeException();
}
