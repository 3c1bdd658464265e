// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Virtualization.Emulation;

/// <summary>Reads the bytes of the instruction that the guest stands at.</summary>
internal static class InstructionFetcher
{
    /// <summary>The longest instruction there is, in bytes.</summary>
    public const int MaximumLength = 15;

    private const ulong PageSize = 4096;

    /// <summary>
    /// Fills <see cref="EmulationContext.BytesLow"/> and its companions. NextInstruction where at least one byte is
    /// there; otherwise the page fault was raised, or the VM stops.
    /// </summary>
    public static ExitAction Fetch(VirtualCpu cpu, ulong linear)
    {
        bool isUser = cpu.PrivilegeLevel == 3;
        if (!GuestPageWalker.TryTranslate(cpu, linear, WalkAccess.Fetch, isUser, out GuestPhysical physical,
            out uint error))
        {
            return cpu.RaisePageFault(linear, error);
        }

        EmulationContext context = cpu.Emulation;
        context.Fetched = physical;
        if (physical.OffsetIn(PageSize) <= PageSize - 16)
        {
            if (!cpu.Memory.TryRead(physical, out context.BytesLow)
                || !cpu.Memory.TryRead(physical.Add(8), out context.BytesHigh))
            {
                return cpu.StopWith("the guest executes where there is no memory", detail: physical.Value);
            }

            context.ByteCount = MaximumLength;
            return ExitAction.NextInstruction;
        }

        return FetchAcrossPages(cpu, linear, physical, isUser);
    }

    /// <summary>
    /// The second page is read where it can be: whether the instruction reaches into it is known after decoding only.
    /// </summary>
    private static ExitAction FetchAcrossPages(VirtualCpu cpu, ulong linear, GuestPhysical physical, bool isUser)
    {
        EmulationContext context = cpu.Emulation;
        context.BytesLow = 0;
        context.BytesHigh = 0;
        int count = 0;
        while (count < MaximumLength)
        {
            ulong address = linear + (ulong)count;
            if (count > 0 && (address & (PageSize - 1)) == 0
                && !GuestPageWalker.TryTranslate(cpu, address, WalkAccess.Fetch, isUser, out physical, out _))
            {
                break;
            }

            GuestPhysical place = new((physical.Value & ~(PageSize - 1)) | (address & (PageSize - 1)));
            if (!cpu.Memory.TryRead(place, out byte value))
            {
                break;
            }

            ref ulong half = ref count < 8 ? ref context.BytesLow : ref context.BytesHigh;
            half |= (ulong)value << (8 * (count & 7));
            count++;
        }

        context.ByteCount = count;
        return count > 0
            ? ExitAction.NextInstruction
            : cpu.StopWith("the guest executes where there is no memory", detail: physical.Value);
    }
}
