// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.X64;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>
/// The guest's memory by linear address, RAM and devices alike, 1 to 8 bytes at a time. NextInstruction means done;
/// anything else is the handler's answer (a page fault was raised).
/// </summary>
internal static class LinearMemory
{
    private const ulong PageSize = 4096;
    private const ulong PageMask = PageSize - 1;

    /// <summary>
    /// Reads; what an instruction also writes is translated for <see cref="WalkAccess.Write"/> already.
    /// </summary>
    public static ExitAction Read(VirtualCpu cpu, LinearPlace place, int size, WalkAccess access, out ulong value)
    {
        value = 0;
        ExitAction outcome = Translate(cpu, place, access, out GuestPhysical first);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        int left = BytesToPageEnd(place.Address);
        if (size <= left)
        {
            value = ReadPhysical(cpu, first, size);
            return ExitAction.NextInstruction;
        }

        outcome = Translate(cpu, place.Add((ulong)left), access, out GuestPhysical second);
        if (outcome == ExitAction.NextInstruction)
        {
            value = ReadPieces(cpu, first, left) | (ReadPieces(cpu, second, size - left) << (8 * left));
        }

        return outcome;
    }

    /// <summary>Both pages are translated before the first byte is written.</summary>
    public static ExitAction Write(VirtualCpu cpu, LinearPlace place, int size, ulong value)
    {
        ExitAction outcome = Translate(cpu, place, WalkAccess.Write, out GuestPhysical first);
        if (outcome != ExitAction.NextInstruction)
        {
            return outcome;
        }

        int left = BytesToPageEnd(place.Address);
        if (size <= left)
        {
            WritePhysical(cpu, first, size, value);
            return ExitAction.NextInstruction;
        }

        outcome = Translate(cpu, place.Add((ulong)left), WalkAccess.Write, out GuestPhysical second);
        if (outcome == ExitAction.NextInstruction)
        {
            WritePieces(cpu, first, left, value);
            WritePieces(cpu, second, size - left, value >> (8 * left));
        }

        return outcome;
    }

    /// <summary>Translates one address for an access of the present privilege level.</summary>
    public static ExitAction Translate(VirtualCpu cpu, LinearPlace place, WalkAccess access, out GuestPhysical physical)
    {
        ulong linear = place.Address;
        if (!place.Allows(access) || !IsCanonical(cpu, linear))
        {
            physical = default;
            return place.IsStack ? cpu.Raise(ExceptionVector.StackFault) : cpu.RaiseGeneralProtection();
        }

        bool isUser = cpu.PrivilegeLevel == 3;
        return GuestPageWalker.TryTranslate(cpu, linear, access, isUser, out physical, out uint error)
            ? ExitAction.NextInstruction
            : cpu.RaisePageFault(linear, error);
    }

    /// <summary>The page fault of a fetch at this address; Next where there is none.</summary>
    public static ExitAction TranslateFetch(VirtualCpu cpu, ulong linear) =>
        Translate(cpu, new LinearPlace(linear, PlaceFlags.None), WalkAccess.Fetch, out _);

    /// <summary>Bits 63:47 are alike, 63:56 with five levels of tables (APM volume 2, 5.3.1).</summary>
    private static bool IsCanonical(VirtualCpu cpu, ulong linear)
    {
        const int Unused = 16;
        const int UnusedWithFiveLevels = 7;
        return (long)(linear << Unused) >> Unused == (long)linear
            || ((long)(linear << UnusedWithFiveLevels) >> UnusedWithFiveLevels == (long)linear
                && new Cr4(cpu.ReadState(StateRegister.Cr4)).FiveLevelPaging);
    }

    /// <summary>1, 2, 4 or 8 bytes within one page: one access, to RAM or to a device.</summary>
    public static ulong ReadPhysical(VirtualCpu cpu, GuestPhysical address, int size) =>
        cpu.Memory.TryRead(address, size, out ulong value) ? value : cpu.Ports.ReadMmio(cpu, address, size);

    public static void WritePhysical(VirtualCpu cpu, GuestPhysical address, int size, ulong value)
    {
        if (!cpu.Memory.TryWrite(address, size, value))
        {
            cpu.Ports.WriteMmio(cpu, address, size, Truncate(value, size));
        }
    }

    /// <summary>The low <paramref name="size"/> bytes of a number.</summary>
    public static ulong Truncate(ulong value, int size) => size == 8 ? value : value & ((1UL << (8 * size)) - 1);

    public static int BytesToPageEnd(ulong linear) => (int)(PageSize - (linear & PageMask));

    /// <summary>1 to 7 bytes, which no single access can do: byte by byte.</summary>
    private static ulong ReadPieces(VirtualCpu cpu, GuestPhysical address, int count)
    {
        ulong value = 0;
        for (int index = 0; index < count; index++)
        {
            value |= ReadPhysical(cpu, address.Add((ulong)index), 1) << (8 * index);
        }

        return value;
    }

    private static void WritePieces(VirtualCpu cpu, GuestPhysical address, int count, ulong value)
    {
        for (int index = 0; index < count; index++)
        {
            WritePhysical(cpu, address.Add((ulong)index), 1, (byte)(value >> (8 * index)));
        }
    }
}
