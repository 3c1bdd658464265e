// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>A supply of zeroed 4 KiB frames for page tables: one VM's nested tables, or the hypervisor's own.</summary>
public abstract class TableFrames
{
    /// <summary>Frames handed out and not yet given back.</summary>
    public abstract int InUse { get; }

    /// <summary>Takes a frame whose 512 entries are zero; false where memory has run out.</summary>
    public abstract bool TryAllocate(out TablePage table);

    /// <summary>Gives a frame back that no processor can walk any more; its content does not matter.</summary>
    public abstract void Free(TablePage table);
}
