// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// Walks a guest's own page tables as its processor would (APM volume 2, 5.3 to 5.6): all paging modes, permissions,
/// accessed and dirty bits. Protection keys are not looked at: the processor has done so before it left the guest.
/// </summary>
internal static class GuestPageWalker
{
    private const ulong Present = 1;
    private const ulong Writable = 2;
    private const ulong User = 4;
    private const ulong Accessed = 0x20;
    private const ulong Dirty = 0x40;
    private const ulong Large = 0x80;
    private const ulong NoExecute = 1UL << 63;
    private const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
    private const ulong LegacyAddressMask = 0xFFFF_F000;
    private const ulong OffsetMask = 0xFFF;
    private const ulong AlignmentCheckFlag = 1 << 18;

    /// <summary>
    /// Translates one linear address. False means a page fault: its error code is in <paramref name="error"/>. Accesses
    /// of programs are <paramref name="isUser"/>.
    /// </summary>
    public static bool TryTranslate(VirtualCpu cpu, ulong linear, WalkAccess access, bool isUser,
        out GuestPhysical physical, out uint error)
    {
        var mode = new WalkMode(cpu, access, isUser);
        cpu.Emulation.WalkedCount = 0;
        error = 0;
        switch (mode.Paging)
        {
            case PagingMode.None:
                physical = new GuestPhysical((uint)linear);
                return true;
            case PagingMode.Legacy32:
                return TryWalkLegacy(cpu, (uint)linear, in mode, out physical, out error);
            case PagingMode.Pae:
                return TryWalkPae(cpu, (uint)linear, in mode, out physical, out error);
            case PagingMode.FiveLevel:
                return TryWalkLong(cpu, linear, in mode, 5, out physical, out error);
            default:
                return TryWalkLong(cpu, linear, in mode, 4, out physical, out error);
        }
    }

    private static bool TryWalkLong(VirtualCpu cpu, ulong linear, in WalkMode mode, int levels,
        out GuestPhysical physical, out uint error) =>
        TryWalkWide(cpu, linear, in mode, mode.Cr3 & AddressMask, levels, User | Writable, out physical, out error);

    /// <summary>PAE: the four entries of the top level have no rights of their own.</summary>
    private static bool TryWalkPae(VirtualCpu cpu, uint linear, in WalkMode mode, out GuestPhysical physical,
        out uint error)
    {
        ulong top = (mode.Cr3 & 0xFFFF_FFE0) + ((linear >> 30) * 8);
        if (!cpu.Memory.TryRead(new GuestPhysical(top), out ulong entry) || (entry & Present) == 0)
        {
            physical = default;
            error = mode.Error(0);
            return false;
        }

        cpu.Emulation.RecordWalk(new GuestPhysical(top), entry);
        return TryWalkWide(cpu, linear, in mode, entry & AddressMask, 2, User | Writable, out physical, out error);
    }

    /// <summary>Levels of 512 eight-byte entries.</summary>
    private static bool TryWalkWide(VirtualCpu cpu, ulong linear, in WalkMode mode, ulong table, int level,
        ulong rights, out GuestPhysical physical, out uint error)
    {
        physical = default;
        while (true)
        {
            int shift = 3 + (9 * level);
            var place = new GuestPhysical(table + (((linear >> shift) & 511) * 8));
            if (!cpu.Memory.TryRead(place, out ulong entry) || (entry & Present) == 0)
            {
                error = mode.Error(0);
                return false;
            }

            if ((entry & NoExecute) != 0 && !mode.HasNoExecute)
            {
                error = mode.Error(Present | ReservedFault);
                return false;
            }

            // Rights only shrink on the way down; the bit against execution only comes.
            rights = (rights & entry & (User | Writable)) | ((rights | entry) & NoExecute);
            bool isLeaf = level == 1 || ((entry & Large) != 0 && level <= 3);
            if (!isLeaf)
            {
                MarkWide(cpu, place, entry, Accessed);
                table = entry & AddressMask;
                level--;
                continue;
            }

            error = mode.Check(rights);
            if (error != 0)
            {
                return false;
            }

            MarkWide(cpu, place, entry, mode.IsWrite ? Accessed | Dirty : Accessed);
            ulong offset = (1UL << shift) - 1;
            physical = new GuestPhysical((entry & AddressMask & ~offset) | (linear & offset));
            return true;
        }
    }

    /// <summary>
    /// Two levels of 1024 four-byte entries; pages of 4 MiB have address bits 39:32 in entry bits 20:13. Such walks are
    /// not remembered: a proof is made of eight-byte words.
    /// </summary>
    private static bool TryWalkLegacy(VirtualCpu cpu, uint linear, in WalkMode mode, out GuestPhysical physical,
        out uint error)
    {
        physical = default;
        cpu.Emulation.WalkedCount = TranslationProof.MaximumWords + 1;
        var place = new GuestPhysical((mode.Cr3 & LegacyAddressMask) + ((linear >> 22) * 4));
        if (!cpu.Memory.TryRead(place, out uint directory) || (directory & Present) == 0)
        {
            error = mode.Error(0);
            return false;
        }

        ulong rights = directory & (User | Writable);
        if ((directory & Large) != 0 && mode.HasLargeLegacy)
        {
            error = mode.Check(rights);
            if (error != 0)
            {
                return false;
            }

            MarkLegacy(cpu, place, directory, mode.IsWrite);
            ulong high = (ulong)((directory >> 13) & 0xFF) << 32;
            physical = new GuestPhysical(high | (directory & 0xFFC0_0000) | (linear & 0x3F_FFFF));
            return true;
        }

        MarkLegacy(cpu, place, directory, false);
        place = new GuestPhysical((directory & LegacyAddressMask) + (((linear >> 12) & 1023) * 4));
        if (!cpu.Memory.TryRead(place, out uint entry) || (entry & Present) == 0)
        {
            error = mode.Error(0);
            return false;
        }

        error = mode.Check(rights & entry);
        if (error != 0)
        {
            return false;
        }

        MarkLegacy(cpu, place, entry, mode.IsWrite);
        physical = new GuestPhysical((entry & LegacyAddressMask) | (linear & OffsetMask));
        return true;
    }

    /// <summary>Bit 3 of the error code: a reserved bit is set.</summary>
    private const ulong ReservedFault = 8;

    private static void MarkWide(VirtualCpu cpu, GuestPhysical place, ulong entry, ulong bits)
    {
        cpu.Emulation.RecordWalk(place, entry | bits);

        // Another processor may change the entry between our look and this: then the bits are its business.
        if ((entry & bits) != bits)
        {
            _ = cpu.Memory.TryCompareExchange(place, entry, entry | bits, out _);
        }
    }

    private static void MarkLegacy(VirtualCpu cpu, GuestPhysical place, uint entry, bool isWrite)
    {
        uint bits = (uint)(isWrite ? Accessed | Dirty : Accessed);
        if ((entry & bits) != bits)
        {
            _ = cpu.Memory.TryCompareExchange(place, entry, entry | bits, out _);
        }
    }

    /// <summary>What the control registers say about one walk.</summary>
    private readonly struct WalkMode
    {
        public readonly PagingMode Paging;
        public readonly ulong Cr3;
        public readonly bool HasNoExecute;
        public readonly bool HasLargeLegacy;
        private readonly WalkAccess _access;
        private readonly bool _isUser;
        private readonly Cr0 _cr0;
        private readonly Cr4 _cr4;
        private readonly bool _overridesPrevention;

        public WalkMode(VirtualCpu cpu, WalkAccess access, bool isUser)
        {
            _access = access;
            _isUser = isUser;
            _cr0 = new Cr0(cpu.ReadState(StateRegister.Cr0));
            _cr4 = new Cr4(cpu.ReadState(StateRegister.Cr4));
            var efer = new Efer(cpu.ReadState(StateRegister.Efer));
            Cr3 = cpu.ReadState(StateRegister.Cr3);
            HasNoExecute = efer.NoExecuteEnable;
            HasLargeLegacy = _cr4.PageSizeExtensions;
            _overridesPrevention = (cpu.Registers.Rflags & AlignmentCheckFlag) != 0;
            Paging = !_cr0.Paging ? PagingMode.None
                : efer.LongModeActive ? (_cr4.FiveLevelPaging ? PagingMode.FiveLevel : PagingMode.FourLevel)
                : _cr4.PhysicalAddressExtension ? PagingMode.Pae
                : PagingMode.Legacy32;
        }

        public bool IsWrite => _access == WalkAccess.Write;

        /// <summary>The error code of a fault with the given P and RSVD bits.</summary>
        public uint Error(ulong bits)
        {
            bool showsFetch = _access == WalkAccess.Fetch && (HasNoExecute || _cr4.SupervisorExecutionPrevention);
            return (uint)bits | (IsWrite ? 2u : 0) | (_isUser ? 4u : 0) | (showsFetch ? 0x10u : 0);
        }

        /// <summary>0 where the rights of all levels together allow the access, the error code otherwise.</summary>
        public uint Check(ulong rights)
        {
            bool isUserPage = (rights & User) != 0;
            bool isRefused = (_isUser && !isUserPage)
                || (IsWrite && (rights & Writable) == 0 && (_isUser || _cr0.WriteProtect))
                || (_access == WalkAccess.Fetch && (rights & NoExecute) != 0)
                || (!_isUser && isUserPage && IsPrevented);
            return isRefused ? Error(Present) : 0;
        }

        /// <summary>SMEP and SMAP: a supervisor's access to a program's page.</summary>
        private bool IsPrevented => _access == WalkAccess.Fetch
            ? _cr4.SupervisorExecutionPrevention
            : _cr4.SupervisorAccessPrevention && !_overridesPrevention;
    }
}
