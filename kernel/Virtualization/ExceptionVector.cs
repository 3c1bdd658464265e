// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>The vectors of the processor's exceptions (APM volume 2, 8.2; SDM volume 3, 6.15).</summary>
public static class ExceptionVector
{
    public const byte DivideError = 0;
    public const byte Debug = 1;
    public const byte Nmi = 2;
    public const byte Breakpoint = 3;
    public const byte Overflow = 4;
    public const byte BoundRange = 5;
    public const byte InvalidOpcode = 6;
    public const byte DeviceNotAvailable = 7;
    public const byte DoubleFault = 8;
    public const byte InvalidTss = 10;
    public const byte SegmentNotPresent = 11;
    public const byte StackFault = 12;
    public const byte GeneralProtection = 13;
    public const byte PageFault = 14;
    public const byte FloatingPoint = 16;
    public const byte AlignmentCheck = 17;
    public const byte MachineCheck = 18;
    public const byte SimdFloatingPoint = 19;
    public const byte ControlProtection = 21;

    /// <summary>
    /// What leaves every guest, one bit per vector: #DB and #AC, with which it could keep the processor to itself, and
    /// #MC.
    /// </summary>
    internal const uint Intercepted = (1u << Debug) | (1u << AlignmentCheck) | (1u << MachineCheck);

    private const uint WithErrorCode = (1u << DoubleFault) | (1u << InvalidTss) | (1u << SegmentNotPresent) |
        (1u << StackFault) | (1u << GeneralProtection) | (1u << PageFault) | (1u << AlignmentCheck) |
        (1u << ControlProtection);

    private const uint Contributory = (1u << DivideError) | (1u << InvalidTss) | (1u << SegmentNotPresent) |
        (1u << StackFault) | (1u << GeneralProtection) | (1u << ControlProtection);

    /// <summary>True where delivery in protected mode pushes an error code.</summary>
    public static bool HasErrorCode(byte vector) => vector < 32 && ((WithErrorCode >> vector) & 1) != 0;

    /// <summary>True for the exceptions that a second one of their class turns into a double fault.</summary>
    public static bool IsContributory(byte vector) => vector < 32 && ((Contributory >> vector) & 1) != 0;
}
