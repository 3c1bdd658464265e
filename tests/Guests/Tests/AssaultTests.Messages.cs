// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <content>Local APICs: commands of every kind, starts, modes and places.</content>
internal static unsafe partial class AssaultTests
{
    private const uint Init = 5;
    private const uint Startup = 6;
    private const uint ApicBase = 0x1b;
    private const uint X2ApicMsr = 0x800;

    private static void SendMessages(int index, ref Rng random)
    {
        switch (random.Next() % 19)
        {
            case 0: SetMode(index, ref random); break;
            case 1: SetIdentity(index, ref random); break;
            case 2: LocalApic.Write(0x320 + (random.Next() % 6 * 0x10), random.Next()); break;
            case 3: LocalApic.Write(LocalApic.TaskPriority, random.Next() & 0xf); break;
            case 4: LocalApic.Write(0xb0, 0); break;
            case 5: Instructions.WriteMsr(X2ApicMsr + 0xb, 0); break;
            case 6: Instructions.WriteMsr(X2ApicMsr + 0x3f, random.Next() & 0xff); break;
            case 7: TakeSome(index, ref random); break;
            case 8: _ = LocalApic.Read((random.Next() % 0x40) << 4); break;
            case 9: LocalApic.Write(AnyRegister(index, ref random), random.Next()); break;
            default: Send(ref random); break;
        }
    }

    /// <summary>
    /// Neither those that send, nor the first processor's name: an INIT that meets it ends the machine. Nor a timer's
    /// count where that must not be short.
    /// </summary>
    private static uint AnyRegister(int index, ref Rng random)
    {
        uint register = (random.Next() % 0x40) << 4;
        bool isKept = register is LocalApic.CommandLow or LocalApic.CommandHigh
            || (index == 0 && register == LocalApic.Id)
            || (s_isSlow && register == LocalApic.InitialCount);
        return isKept ? LocalApic.ErrorStatus : register;
    }

    /// <summary>Any command; INIT and SIPI only to siblings, for one to the first processor ends the machine.</summary>
    private static void Send(ref Rng random)
    {
        uint low = random.Next() & 0xcffff;
        uint destination = (random.Next() % 4) switch
        {
            0 => 0xff,
            1 => random.Next() & 0xff,
            _ => random.Next() % (uint)(Assault.Count + 1),
        };
        uint mode = (low >> 8) & 7;
        if (mode is Init or Startup || ((random.Next() & 63) == 0))
        {
            mode = mode is Init or Startup ? mode : Startup;
            low = (mode << 8) | LocalApic.Assert | (mode == Startup ? Assault.StartPage : 0);
            destination = Sibling(ref random);
            if (destination == 0)
            {
                return;
            }
        }
        Command(low, destination, (random.Next() & 1) != 0);
    }

    private static void Command(uint low, uint destination, bool byMsr)
    {
        if (byMsr)
        {
            // #GP outside of x2APIC mode, and where a reserved bit is set.
            Instructions.WriteMsr(X2ApicMsr + 0x30, ((ulong)destination << 32) | low);
        }
        else
        {
            LocalApic.Write(LocalApic.CommandHigh, destination << 24);
            LocalApic.Write(LocalApic.CommandLow, low);
        }
    }

    private static uint Sibling(ref Rng random) =>
        Assault.Count == 1 ? 0 : 1 + (random.Next() % (uint)(Assault.Count - 1));

    /// <summary>Never off for long: who is off hears neither NMI nor INIT.</summary>
    private static void SetMode(int index, ref Rng random)
    {
        ulong fixedBits = LocalApic.Base | (index == 0 ? 0x100u : 0);
        uint way = random.Next() % 4;
        if (way == 0)
        {
            Instructions.WriteMsr(ApicBase, fixedBits);
        }
        Instructions.WriteMsr(ApicBase, fixedBits | (way == 1 ? 0xc00u : 0x800));
        LocalApic.Write(LocalApic.SpuriousVector, (random.Next() & 7) == 0 ? 0xffu : 0x1ff);
    }

    private static void SetIdentity(int index, ref Rng random)
    {
        switch (random.Next() % 4)
        {
            case 0: LocalApic.Write(LocalApic.LogicalDestination, random.Next()); break;
            case 1: LocalApic.Write(0xe0, random.Next()); break;
            case 2 when index != 0: LocalApic.Write(LocalApic.Id, (1 + (random.Next() % 4)) << 24); break;
            default: LocalApic.Write(LocalApic.SpuriousVector, 0x1ff); break;
        }
    }

    /// <summary>Interrupts on for a moment; a sibling may sleep for ever, until an NMI or INIT comes.</summary>
    private static void TakeSome(int index, ref Rng random)
    {
        if (index != 0 && (random.Next() & 31) == 0)
        {
            Instructions.Halt();
        }
        Instructions.EnableInterrupts();
        Instructions.Pause();
        Instructions.DisableInterrupts();
    }

    /// <summary>INIT and SIPI to all that may be, the sender too, while they are in long instructions.</summary>
    private static void StartSiblings(int index, ref Rng random)
    {
        uint sibling = Sibling(ref random);
        if (sibling == 0)
        {
            return;
        }
        switch (random.Next() % 8)
        {
            case 0:
            case 1: Command((Init << 8) | LocalApic.Assert, sibling, false); break;
            case 2:
            case 3:
            case 4: Command((Startup << 8) | LocalApic.Assert | Assault.StartPage, sibling, false); break;
            case 5: Command(LocalApic.Nmi | LocalApic.Assert, sibling, false); break;
            case 6 when index != 0: Instructions.Halt(); break;
            default: Access(index, DeviceAddress(ref random), ref random); break;
        }
    }

    private static void MoveBases(int index, ref Rng random)
    {
        ulong place = (random.Next() % 12) switch
        {
            0 => IoApic.Base,
            1 => Hole,
            2 => Configuration,
            3 => Scratch,
            4 => s_memoryEnd - PageSize,
            5 => s_memoryEnd,
            6 => 0,
            7 => 0xfffff000,
            8 => 0x100000000,
            9 => (ulong)random.Next() << 12,
            _ => LocalApic.Base,
        };
        ulong fixedBits = place | (index == 0 ? 0x100u : 0);
        if ((random.Next() & 7) == 0)
        {
            Instructions.WriteMsr(ApicBase, fixedBits);
        }
        if ((random.Next() & 3) == 0)
        {
            Instructions.WriteMsr(ApicBase, fixedBits | ((random.Next() & 7) == 0 ? 0xc00u : 0x800));
        }
        ulong target = place is 0 or >= 0x100000000 || place == Scratch ? LocalApic.Base : place;
        if (target < LocalApic.Base + PageSize && (target >= Hole || target == s_memoryEnd))
        {
            Access(index, target + AnyRegister(index, ref random), ref random, SingleForms);
        }
        Send(ref random);
    }
}
