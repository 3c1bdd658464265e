// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Control register 0: modes of the processor. SDM 3A, 2.5; APM 2, 3.1.1.</summary>
[Register(typeof(ulong))]
public readonly partial struct Cr0
{
    [Bit(0)]
    public partial bool ProtectionEnable { get; init; }

    [Bit(1)]
    public partial bool MonitorCoprocessor { get; init; }

    /// <summary>x87 and SSE instructions raise #NM or #UD.</summary>
    [Bit(2)]
    public partial bool Emulation { get; init; }

    [Bit(3)]
    public partial bool TaskSwitched { get; init; }

    [Bit(4)]
    public partial bool ExtensionType { get; init; }

    [Bit(5)]
    public partial bool NumericError { get; init; }

    /// <summary>The supervisor, too, cannot write read-only pages.</summary>
    [Bit(16)]
    public partial bool WriteProtect { get; init; }

    [Bit(18)]
    public partial bool AlignmentMask { get; init; }

    [Bit(29)]
    public partial bool NotWriteThrough { get; init; }

    [Bit(30)]
    public partial bool CacheDisable { get; init; }

    [Bit(31)]
    public partial bool Paging { get; init; }
}
