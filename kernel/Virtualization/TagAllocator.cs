// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>
/// Hands out the tags by which one processor's TLB tells guests apart: ASIDs of AMD, VPIDs of Intel. A new one has no
/// translations, so taking one is also how a vCPU's are flushed where the processor cannot flush by tag. When all are
/// used up a new generation begins with a flush of everything.
/// </summary>
public sealed class TagAllocator
{
    private readonly uint _count;
    private uint _next;

    /// <param name="count">How many the processor has, 0 included, which is the host's.</param>
    public TagAllocator(uint count)
    {
        _count = count;
        _next = count;
    }

    /// <summary>Tags of another generation are void.</summary>
    public ulong Generation { get; private set; }

    /// <summary>
    /// Takes an unused one, 1 and up; <paramref name="mustFlush"/> where the processor must flush all first.
    /// </summary>
    public uint Allocate(out bool mustFlush)
    {
        mustFlush = _next >= _count;
        if (mustFlush)
        {
            Generation++;
            _next = 1;
        }

        return _next++;
    }
}
