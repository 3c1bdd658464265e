// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>One interrupt, NMI or exception on its way into the guest.</summary>
public readonly struct VirtualEvent
{
    public readonly EventKind Kind;
    public readonly byte Vector;
    public readonly bool HasErrorCode;
    public readonly uint ErrorCode;

    /// <summary>Bytes of the INT instruction, where <see cref="Kind"/> is a software one; 0 where not known.</summary>
    public readonly byte InstructionLength;

    public VirtualEvent(EventKind kind, byte vector, bool hasErrorCode = false, uint errorCode = 0, byte length = 0)
    {
        Kind = kind;
        Vector = vector;
        HasErrorCode = hasErrorCode;
        ErrorCode = errorCode;
        InstructionLength = length;
    }

    public static VirtualEvent Interrupt(byte vector) => new(EventKind.Interrupt, vector);

    public static VirtualEvent Nmi => new(EventKind.Nmi, ExceptionVector.Nmi);

    /// <summary>An exception; whether an error code is pushed follows from the vector.</summary>
    public static VirtualEvent Exception(byte vector, uint errorCode = 0) =>
        new(EventKind.Exception, vector, ExceptionVector.HasErrorCode(vector), errorCode);
}
