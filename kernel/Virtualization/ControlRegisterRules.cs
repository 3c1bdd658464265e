// SPDX-License-Identifier: MIT
using Hypervisor.X64;

namespace Hypervisor.Virtualization;

/// <summary>
/// What writing CR0, CR3, CR4, CR8 and EFER does where we do it for the guest (APM volume 2, 3.1; 14.6).
/// False means #GP(0) and no change.
/// </summary>
internal static class ControlRegisterRules
{
    /// <summary>PE, MP, EM, TS, ET, NE, WP, AM, NW, CD, PG.</summary>
    private const ulong Cr0Defined = 0xE005_003F;

    private const ulong Cr0TaskSwitched = 8;
    private const ulong ExtensionType = 0x10;
    private const byte HighestTaskPriority = 15;

    public static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;

    public static bool TryWriteEfer(VirtualCpu cpu, ulong value)
    {
        var old = new Efer(cpu.ReadState(StateRegister.Efer));
        var wanted = new Efer(value);
        var allowed = new Efer
        {
            SystemCallEnable = true,
            LongModeEnable = true,
            LongModeActive = true,
            NoExecuteEnable = true,
            FastFxsave = cpu.Cpuid.HasFastFxsave,
        };
        bool isPaging = new Cr0(cpu.ReadState(StateRegister.Cr0)).Paging;
        if ((value & ~allowed.Value) != 0 || (isPaging && wanted.LongModeEnable != old.LongModeEnable))
        {
            return false;
        }

        cpu.WriteState(StateRegister.Efer, (wanted with { LongModeActive = old.LongModeActive }).Value);
        if (wanted.NoExecuteEnable != old.NoExecuteEnable)
        {
            cpu.FlushTlb();
        }

        return true;
    }

    public static bool TryWriteCr4(VirtualCpu cpu, ulong value)
    {
        var old = new Cr4(cpu.ReadState(StateRegister.Cr4));
        var wanted = new Cr4(value);
        var efer = new Efer(cpu.ReadState(StateRegister.Efer));
        bool losesLongMode = efer.LongModeActive && !wanted.PhysicalAddressExtension;
        bool startsContexts = wanted.ProcessContextEnable && !old.ProcessContextEnable;
        bool cannotStart = !efer.LongModeActive || (cpu.ReadState(StateRegister.Cr3) & 0xFFF) != 0;
        if ((value & ~cpu.Cpuid.AllowedCr4) != 0 || losesLongMode || (startsContexts && cannotStart)
            || (wanted.PhysicalAddressExtension && !TryLoadPointers(cpu, efer, cpu.ReadState(StateRegister.Cr3))))
        {
            return false;
        }

        cpu.WriteState(StateRegister.Cr4, value);
        const ulong NoTranslation =
            (1 << 0) | (1 << 1) | (1 << 2) | (1 << 3) | (1 << 6) | (1 << 8) | (1 << 9) | (1 << 10)
            | (1 << 11) | (1 << 16) | (1 << 18);
        if (((value ^ old.Value) & ~NoTranslation) != 0)
        {
            cpu.FlushTlb();
        }

        return true;
    }

    public static bool TryWriteCr0(VirtualCpu cpu, ulong value)
    {
        var old = new Cr0(cpu.ReadState(StateRegister.Cr0));
        var wanted = new Cr0((value & Cr0Defined) | ExtensionType);
        bool isInvalid = value > uint.MaxValue
            || (wanted.Paging && !wanted.ProtectionEnable)
            || (wanted.NotWriteThrough && !wanted.CacheDisable);
        var control = new Cr4(cpu.ReadState(StateRegister.Cr4));
        bool keepsContexts = old.Paging && !wanted.Paging && control.ProcessContextEnable;
        bool needsPointers = wanted.Paging && control.PhysicalAddressExtension
            && !new Efer(cpu.ReadState(StateRegister.Efer)).LongModeEnable;
        if (isInvalid || keepsContexts
            || (needsPointers && !cpu.TryLoadPageDirectoryPointers(cpu.ReadState(StateRegister.Cr3)))
            || !TryChangePaging(cpu, old, wanted))
        {
            return false;
        }

        cpu.WriteState(StateRegister.Cr0, wanted.Value);
        if (((wanted.Value ^ old.Value) & ~Cr0TaskSwitched) != 0)
        {
            cpu.FlushTlb();
        }

        return true;
    }

    public static bool TryWriteCr3(VirtualCpu cpu, ulong value)
    {
        const ulong NoFlush = 1UL << 63;
        bool isLong = new Efer(cpu.ReadState(StateRegister.Efer)).LongModeActive;
        bool hasContexts = new Cr4(cpu.ReadState(StateRegister.Cr4)).ProcessContextEnable;
        ulong address = hasContexts ? value & ~NoFlush : value;
        bool hasExtension = new Cr4(cpu.ReadState(StateRegister.Cr4)).PhysicalAddressExtension;
        if ((isLong && (address & ~cpu.Cpuid.PhysicalMask) != 0)
            || (hasExtension && !TryLoadPointers(cpu, new Efer(cpu.ReadState(StateRegister.Efer)), address)))
        {
            return false;
        }

        cpu.WriteState(StateRegister.Cr3, isLong ? address : (uint)address);
        if (!hasContexts || (value & NoFlush) == 0)
        {
            cpu.FlushTlb();
        }

        return true;
    }

    public static bool TryWriteCr8(VirtualCpu cpu, ulong value)
    {
        if (value > HighestTaskPriority)
        {
            return false;
        }

        cpu.Interrupts.TaskPriorityClass = (byte)value;
        cpu.TaskPriority = (byte)value;
        cpu.HasEvents = true;
        return true;
    }

    /// <summary>Where PAE paging is in use: the entries that CR3 points at (SDM volume 3, 4.4.1).</summary>
    private static bool TryLoadPointers(VirtualCpu cpu, Efer efer, ulong cr3) =>
        !new Cr0(cpu.ReadState(StateRegister.Cr0)).Paging || efer.LongModeActive
        || cpu.TryLoadPageDirectoryPointers(cr3);

    /// <summary>Switching paging on or off also switches long mode on or off where EFER.LME is set.</summary>
    private static bool TryChangePaging(VirtualCpu cpu, Cr0 old, Cr0 wanted)
    {
        var efer = new Efer(cpu.ReadState(StateRegister.Efer));
        if (old.Paging == wanted.Paging || !efer.LongModeEnable)
        {
            return true;
        }

        bool isCodeLong = cpu.ReadSegment(SegmentRegister.Cs).IsLong;
        bool hasExtension = new Cr4(cpu.ReadState(StateRegister.Cr4)).PhysicalAddressExtension;
        if (isCodeLong || (wanted.Paging && !hasExtension))
        {
            return false;
        }

        cpu.WriteState(StateRegister.Efer, (efer with { LongModeActive = wanted.Paging }).Value);
        return true;
    }
}
