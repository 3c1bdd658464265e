// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>The extended-feature-enable register. SDM 3A, 2.2.1; APM 2, 3.1.7.</summary>
[Register(typeof(ulong))]
public readonly partial struct Efer
{
    [Bit(0)]
    public partial bool SystemCallEnable { get; init; }

    [Bit(8)]
    public partial bool LongModeEnable { get; init; }

    [Bit(10)]
    public partial bool LongModeActive { get; init; }

    [Bit(11)]
    public partial bool NoExecuteEnable { get; init; }

    [Bit(12)]
    public partial bool SvmEnable { get; init; }

    [Bit(13)]
    public partial bool LongModeSegmentLimit { get; init; }

    [Bit(14)]
    public partial bool FastFxsave { get; init; }

    [Bit(15)]
    public partial bool TranslationCacheExtension { get; init; }

    [Bit(17)]
    public partial bool McommitEnable { get; init; }

    [Bit(18)]
    public partial bool InterruptibleWriteback { get; init; }

    [Bit(20)]
    public partial bool UpperAddressIgnore { get; init; }

    [Bit(21)]
    public partial bool AutomaticIbrs { get; init; }
}
