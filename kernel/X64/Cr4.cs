// SPDX-License-Identifier: MIT
namespace Hypervisor.X64;

/// <summary>Control register 4: extensions. SDM 3A, 2.5; APM 2, 3.1.3.</summary>
[Register(typeof(ulong))]
public readonly partial struct Cr4
{
    [Bit(0)]
    public partial bool VirtualModeExtensions { get; init; }

    [Bit(1)]
    public partial bool ProtectedVirtualInterrupts { get; init; }

    [Bit(2)]
    public partial bool TimestampDisable { get; init; }

    [Bit(3)]
    public partial bool DebuggingExtensions { get; init; }

    [Bit(4)]
    public partial bool PageSizeExtensions { get; init; }

    [Bit(5)]
    public partial bool PhysicalAddressExtension { get; init; }

    [Bit(6)]
    public partial bool MachineCheckEnable { get; init; }

    [Bit(7)]
    public partial bool PageGlobalEnable { get; init; }

    [Bit(8)]
    public partial bool PerformanceCounterEnable { get; init; }

    /// <summary>OSFXSR: FXSAVE and SSE may be used.</summary>
    [Bit(9)]
    public partial bool FxsaveEnable { get; init; }

    /// <summary>OSXMMEXCPT: SIMD floating-point errors raise #XM.</summary>
    [Bit(10)]
    public partial bool SimdExceptionsEnable { get; init; }

    [Bit(11)]
    public partial bool UserInstructionPrevention { get; init; }

    [Bit(12)]
    public partial bool FiveLevelPaging { get; init; }

    [Bit(13)]
    public partial bool VmxEnable { get; init; }

    [Bit(14)]
    public partial bool SmxEnable { get; init; }

    [Bit(16)]
    public partial bool FsGsBaseEnable { get; init; }

    [Bit(17)]
    public partial bool ProcessContextEnable { get; init; }

    /// <summary>OSXSAVE.</summary>
    [Bit(18)]
    public partial bool XsaveEnable { get; init; }

    [Bit(19)]
    public partial bool KeyLockerEnable { get; init; }

    [Bit(20)]
    public partial bool SupervisorExecutionPrevention { get; init; }

    [Bit(21)]
    public partial bool SupervisorAccessPrevention { get; init; }

    [Bit(22)]
    public partial bool ProtectionKeysEnable { get; init; }

    [Bit(23)]
    public partial bool ControlFlowEnforcement { get; init; }

    [Bit(24)]
    public partial bool SupervisorProtectionKeys { get; init; }
}
