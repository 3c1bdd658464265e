// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization.Vmx;

/// <summary>The guest's CS, SS, DS, ES, FS and GS (SDM volume 3, 27.3.1.2).</summary>
internal static class VmxSegmentChecks
{
    private const byte ReadWriteData = 3;
    private const byte ReadWriteDataDown = 7;
    private const byte AccessedBit = 1;
    private const byte ReadableBit = 2;
    private const byte CodeBit = 8;
    private const byte ConformingCode = 13;
    private const byte LastNonConforming = 11;
    private const int ParagraphShift = 4;

    /// <summary>Present data of ring 3, accessed and writable.</summary>
    private const uint Virtual8086Rights = 0xF3;

    public static string? FindViolation(in CheckedEntry entry)
    {
        var code = new CheckedSegment(entry.Vmcs, SegmentRegister.Cs);
        var stack = new CheckedSegment(entry.Vmcs, SegmentRegister.Ss);
        return (entry.IsVirtual8086
                ? FindVirtual8086(in entry)
                : FindCode(in entry, in code, in stack) ?? FindStack(in entry, in code, in stack)
                    ?? FindData(in entry, SegmentRegister.Ds) ?? FindData(in entry, SegmentRegister.Es)
                    ?? FindData(in entry, SegmentRegister.Fs) ?? FindData(in entry, SegmentRegister.Gs))
            ?? FindBase(in entry, SegmentRegister.Fs) ?? FindBase(in entry, SegmentRegister.Gs);
    }

    /// <summary>Segments are paragraphs of 64 KiB, and their rights are always the same.</summary>
    private static string? FindVirtual8086(in CheckedEntry entry)
    {
        for (SegmentRegister register = SegmentRegister.Es; register <= SegmentRegister.Gs; register++)
        {
            var segment = new CheckedSegment(entry.Vmcs, register);
            if (segment.Base != (ulong)segment.Selector << ParagraphShift)
            {
                return "a segment base in virtual-8086 mode is not 16 times the selector";
            }

            if (segment.Limit != ushort.MaxValue)
            {
                return "a segment limit in virtual-8086 mode is not FFFFh";
            }

            if (segment.Rights.Value != Virtual8086Rights)
            {
                return "access rights in virtual-8086 mode are not F3h";
            }
        }

        return null;
    }

    private static string? FindCode(in CheckedEntry entry, in CheckedSegment code, in CheckedSegment stack)
    {
        VmxRights rights = code.Rights;
        bool isData = entry.IsUnrestricted && rights.Type == ReadWriteData;
        bool isCode = (rights.Type & (CodeBit | AccessedBit)) == (CodeBit | AccessedBit);
        bool isConforming = rights.Type >= ConformingCode;
        return code.HasHighBase ? "CS: a base above 4 GiB"
            : !isData && !isCode ? "CS: a type that is not that of accessed code"
            : !rights.IsCodeOrData ? "CS: a system segment"
            : isData && rights.PrivilegeLevel != 0 ? "CS: data of another privilege level than 0"
            : isCode && !isConforming && rights.PrivilegeLevel != stack.Rights.PrivilegeLevel
                ? "CS: another privilege level than that of SS"
            : isConforming && rights.PrivilegeLevel > stack.Rights.PrivilegeLevel
                ? "CS: conforming code of less privilege than SS"
            : !rights.IsPresent ? "CS: not present"
            : rights.HasReserved ? "CS: access rights with a reserved bit"
            : entry.IsLongMode && rights.IsLong && rights.IsDefault32 ? "CS: both 64-bit and 32-bit code"
            : !code.HasValidGranularity ? "CS: a limit that does not agree with the granularity"
            : null;
    }

    private static string? FindStack(in CheckedEntry entry, in CheckedSegment code, in CheckedSegment stack)
    {
        VmxRights rights = stack.Rights;
        bool mustBeZero = code.Rights.Type == ReadWriteData || !entry.Cr0.ProtectionEnable;
        return !entry.IsUnrestricted && stack.RequestedLevel != code.RequestedLevel
                ? "SS: another RPL than that of CS"
            : !entry.IsUnrestricted && rights.PrivilegeLevel != stack.RequestedLevel
                ? "SS: a privilege level that is not its RPL"
            : mustBeZero && rights.PrivilegeLevel != 0
                ? "SS: a privilege level other than 0 in real mode or beside data in CS"
            : !stack.IsUsable ? null
            : stack.HasHighBase ? "SS: a base above 4 GiB"
            : rights.Type is not (ReadWriteData or ReadWriteDataDown)
                ? "SS: a type that is not that of accessed, writable data"
            : !rights.IsCodeOrData ? "SS: a system segment"
            : !rights.IsPresent ? "SS: usable and not present"
            : rights.HasReserved ? "SS: access rights with a reserved bit"
            : !stack.HasValidGranularity ? "SS: a limit that does not agree with the granularity"
            : null;
    }

    /// <summary>DS, ES, FS and GS; the bases of the last two have 64 bits and a rule of their own.</summary>
    private static string? FindData(in CheckedEntry entry, SegmentRegister register)
    {
        var segment = new CheckedSegment(entry.Vmcs, register);
        VmxRights rights = segment.Rights;
        if (!segment.IsUsable)
        {
            return null;
        }

        bool isUnreadable = (rights.Type & (CodeBit | ReadableBit)) == CodeBit;
        bool hasLevel = !entry.IsUnrestricted && rights.Type <= LastNonConforming;
        return register < SegmentRegister.Fs && segment.HasHighBase ? "DS or ES: a base above 4 GiB"
            : (rights.Type & AccessedBit) == 0 ? "DS, ES, FS or GS: a segment that is not accessed"
            : isUnreadable ? "DS, ES, FS or GS: code that cannot be read"
            : !rights.IsCodeOrData ? "DS, ES, FS or GS: a system segment"
            : hasLevel && rights.PrivilegeLevel < segment.RequestedLevel
                ? "DS, ES, FS or GS: more privilege than the RPL"
            : !rights.IsPresent ? "DS, ES, FS or GS: usable and not present"
            : rights.HasReserved ? "DS, ES, FS or GS: access rights with a reserved bit"
            : !segment.HasValidGranularity ? "DS, ES, FS or GS: a limit that does not agree with the granularity"
            : null;
    }

    private static string? FindBase(in CheckedEntry entry, SegmentRegister register) =>
        entry.IsCanonical(new CheckedSegment(entry.Vmcs, register).Base) ? null
        : "FS or GS: a base that is not canonical";
}
