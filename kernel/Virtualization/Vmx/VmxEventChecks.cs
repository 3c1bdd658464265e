// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>The event that the entry delivers (SDM volume 3, 27.2.1.3).</summary>
internal static class VmxEventChecks
{
    private const byte ReservedType = 1;
    private const byte LastException = 31;
    private const uint LongestInstruction = 15;

    /// <summary>8, 10 to 14 and 17; not 21, which came with processors that allow either.</summary>
    private const uint WithErrorCode = (1u << ExceptionVector.DoubleFault) | (1u << ExceptionVector.InvalidTss)
        | (1u << ExceptionVector.SegmentNotPresent) | (1u << ExceptionVector.StackFault)
        | (1u << ExceptionVector.GeneralProtection) | (1u << ExceptionVector.PageFault)
        | (1u << ExceptionVector.AlignmentCheck);

    public static string? FindViolation(in CheckedEntry entry) =>
        !entry.Event.IsValid ? null
        : FindKind(in entry) ?? FindErrorCode(in entry) ?? FindLength(in entry);

    private static string? FindKind(in CheckedEntry entry)
    {
        VmxEvent item = entry.Event;
        bool canTrap = entry.Capabilities.Has(ProcessorControls.MonitorTrap);
        return item.Type == ReservedType || (item.Type == VmxEvent.TypeOther && !canTrap)
                ? "an event of a type that there is not"
            : item.Type == VmxEvent.TypeNmi && item.Vector != ExceptionVector.Nmi ? "an NMI whose vector is not 2"
            : item.Type == VmxEvent.TypeException && item.Vector > LastException ? "an exception with a vector above 31"
            : item.Type == VmxEvent.TypeOther && item.Vector != 0 ? "a pending MTF exit whose vector is not 0"
            : item.ReservedBits != 0 ? "an event with a reserved bit"
            : null;
    }

    private static string? FindErrorCode(in CheckedEntry entry)
    {
        VmxEvent item = entry.Event;
        bool canHave = item.Type == VmxEvent.TypeException && (!entry.IsUnrestricted || entry.Cr0.ProtectionEnable);
        bool mustHave = canHave && ((WithErrorCode >> item.Vector) & 1) != 0;
        bool isFree = canHave && entry.Capabilities.Basic.AnyErrorCode;
        return item.HasErrorCode && !canHave
                ? "an error code with an event that has none, or in real mode"
            : item.HasErrorCode && !mustHave && !isFree
                ? "an error code with an exception that has none"
            : !item.HasErrorCode && mustHave && !isFree
                ? "an exception without its error code"
            : item.HasErrorCode && entry.Vmcs.Read(VmcsField32.EntryErrorCode) > ushort.MaxValue
                ? "an error code with a reserved bit"
            : null;
    }

    /// <summary>The length of INT n, INT1, INT3 or INTO, after which the handler returns.</summary>
    private static string? FindLength(in CheckedEntry entry)
    {
        bool isSoftware = entry.Event.Type is VmxEvent.TypeSoftwareInterrupt or VmxEvent.TypeSoftwareException
            or VmxEvent.TypePrivilegedSoftwareException;
        if (!isSoftware)
        {
            return null;
        }

        uint length = entry.Vmcs.Read(VmcsField32.EntryInstructionLength);
        return length > LongestInstruction ? "a software event of an instruction that is too long"
            : length == 0 && !entry.Capabilities.Miscellaneous.AllowsNoLength
                ? "a software event of an instruction without a length"
            : null;
    }
}
