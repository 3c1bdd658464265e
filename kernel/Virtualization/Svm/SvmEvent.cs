// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Svm;

/// <summary>EVENTINJ and EXITINTINFO: one format for both (APM volume 2, 15.20).</summary>
[Register(typeof(ulong))]
public readonly partial struct SvmEvent
{
    public const byte TypeInterrupt = 0;
    public const byte TypeNmi = 2;
    public const byte TypeException = 3;
    public const byte TypeSoftwareInterrupt = 4;

    [Bits(7, 0)]
    public partial byte Vector { get; init; }

    [Bits(10, 8)]
    public partial byte Type { get; init; }

    /// <summary>EV: the error code is pushed.</summary>
    [Bit(11)]
    public partial bool HasErrorCode { get; init; }

    [Bit(31)]
    public partial bool IsValid { get; init; }

    [Bits(63, 32)]
    public partial uint ErrorCode { get; init; }
}
