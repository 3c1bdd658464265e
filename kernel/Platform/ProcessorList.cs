// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Platform;

/// <summary>The processors that run, the boot processor first; the place of each is its index. Made at boot.</summary>
public sealed class ProcessorList
{
    private readonly Processor[] _processors;
    private int _count;

    public ProcessorList(int capacity, Processor first)
    {
        _processors = new Processor[capacity];
        Add(first);
    }

    /// <summary>How many run.</summary>
    public int Count => _count;

    public ReadOnlySpan<Processor> Running => new(_processors, 0, _count);

    /// <summary>The next processor; its index is <see cref="Count"/> before the call.</summary>
    internal void Add(Processor processor) => _processors[_count++] = processor;
}
