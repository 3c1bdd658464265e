// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Vmx;

/// <summary>The EPT pointer: the root table of a guest's nested address space (SDM volume 3, 25.6.11).</summary>
[Register(typeof(ulong))]
public readonly partial struct EptPointer
{
    private const byte WriteBack = 6;
    private const byte FourLevels = 3;

    /// <summary>How the processor itself accesses the tables.</summary>
    [Bits(2, 0)]
    public partial byte MemoryType { get; init; }

    /// <summary>One less than the number of levels.</summary>
    [Bits(5, 3)]
    public partial byte Walk { get; init; }

    /// <summary>Accessed and dirty bits are set.</summary>
    [Bit(6)]
    public partial bool AccessedDirty { get; init; }

    /// <summary>Supervisor shadow stacks have an access right of their own.</summary>
    [Bit(7)]
    public partial bool ShadowStacks { get; init; }

    [Bits(11, 8)]
    public partial byte Reserved { get; init; }

    /// <summary>Four levels from <paramref name="root"/>, write-back.</summary>
    public static EptPointer To(HostPhysical root, bool accessedDirty)
    {
        var attributes = new EptPointer { MemoryType = WriteBack, Walk = FourLevels, AccessedDirty = accessedDirty };
        return new EptPointer(root.Value | attributes.Value);
    }
}
