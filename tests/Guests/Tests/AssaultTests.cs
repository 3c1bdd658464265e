// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// All processors of a guest against the hypervisor at once, for <c>seconds=NUMBER</c> with <c>cpus=NUMBER</c>. They
/// may confuse their own board, but neither the host nor the VM beside them. Some attacks end the guest: as a rule by a
/// reset or by what the host stops a VM for.
/// </summary>
internal static unsafe partial class AssaultTests
{
    private const ulong Hole = 0xd0000000;
    private const ulong Configuration = 0xe0000000;
    private const ulong Scratch = 0xd00000;
    private const ulong PageSize = 0x1000;

    private static int s_ready;
    private static ulong s_memoryEnd;

    [GuestTest(OnlyByName = true)]
    internal static void Messages() => Run("Messages", &SendMessages);

    [GuestTest(OnlyByName = true)]
    internal static void Starts() => Run("Starts", &StartSiblings);

    [GuestTest(OnlyByName = true)]
    internal static void Bases() => Run("Bases", &MoveBases);

    [GuestTest(OnlyByName = true)]
    internal static void Wires() => Run("Wires", &RewriteWires);

    [GuestTest(OnlyByName = true)]
    internal static void Timers() => Run("Timers", &ProgramTimers);

    [GuestTest(OnlyByName = true)]
    internal static void Pages() => Run("Pages", &ChangePages);

    [GuestTest(OnlyByName = true)]
    internal static void Ports() => Run("Ports", &UsePorts);

    [GuestTest(OnlyByName = true)]
    internal static void Privileged() => Run("Privileged", &UsePrivileged);

    [GuestTest(OnlyByName = true)]
    internal static void Output() => Run("Output", &Write);

    /// <summary>The code is rewritten while it runs: what comes of that may end the guest.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Rewriting() => Run("Rewriting", &RewriteCode);

    [GuestTest(OnlyByName = true)]
    internal static void All() => Run("All", &Anything);

    /// <summary>All end the machine at the same moment, each in its way.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Ends() => Run("Ends", &EndTogether);

    /// <summary>Says every half second that it lives, and how long it had to wait at most.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void Neighbour()
    {
        ulong kilohertz = Instructions.Cpuid(0x40000010).Eax;
        ulong last = Instructions.ReadTimestamp();
        ulong next = last;
        ulong longest = 0;
        uint seed = 1;
        uint rounds = 0;
        for (int beat = 0; ;)
        {
            Fill(seed);
            rounds++;
            ulong now = Instructions.ReadTimestamp();
            longest = now - last > longest ? now - last : longest;
            last = now;
            if (!IsFilled(seed++))
            {
                GuestConsole.WriteLine("MEMORY CHANGED");
            }
            if (now > next)
            {
                GuestConsole.WriteLine($"beat {beat++} longest {(uint)(longest / kilohertz)} ms, {rounds} rounds");
                rounds = 0;
                longest = 0;
                next = Instructions.ReadTimestamp() + (500 * kilohertz);
                last = Instructions.ReadTimestamp();
            }
        }
    }

    private static void Fill(uint seed)
    {
        Rng random = new(seed);
        for (ulong at = 0; at < 4 * PageSize; at += 64)
        {
            Mmio.Write(Scratch + at, random.Next());
        }
    }

    private static bool IsFilled(uint seed)
    {
        Rng random = new(seed);
        bool isFilled = true;
        for (ulong at = 0; at < 4 * PageSize; at += 64)
        {
            isFilled &= Mmio.Read(Scratch + at) == random.Next();
        }
        return isFilled;
    }

    private static void Run(string name, delegate*<int, ref Rng, void> step)
    {
        foreach (MemoryMapEntry entry in GuestMachine.Boot.Map)
        {
            ulong end = entry.Address + entry.Length;
            s_memoryEnd = entry.Kind == 1 && end > s_memoryEnd && end <= Hole ? end : s_memoryEnd;
        }
        // On a slow emulator the guest would come to nothing but the interrupts of such timers.
        s_isSlow = Instructions.Cpuid(0x40000010).Eax < SlowKilohertz;
        MakeWindow();
        for (ulong slot = 0; slot < PageSize; slot += Slot)
        {
            *(byte*)(SharedCode + slot) = 0xc3;
        }
        Assault.Run(name, GuestMachine.NumberOf("seconds="), (int)GuestMachine.NumberOf("cpus="), step);
    }

    private static void Anything(int index, ref Rng random)
    {
        switch (random.Next() % 8)
        {
            case 0: SendMessages(index, ref random); break;
            case 1: StartSiblings(index, ref random); break;
            case 2: MoveBases(index, ref random); break;
            case 3: RewriteWires(index, ref random); break;
            case 4: ProgramTimers(index, ref random); break;
            case 5: ChangePages(index, ref random); break;
            case 6: UsePorts(index, ref random); break;
            default: UsePrivileged(index, ref random); break;
        }
    }

    private static void EndTogether(int index, ref Rng random)
    {
        _ = Interlocked.Increment(ref s_ready);
        while (Volatile.Read(ref s_ready) < Assault.Count)
        {
            Instructions.Pause();
        }
        switch (random.Next() % 10)
        {
            case 0:
            case 1: Power.TrySleep(); break;
            case 2: Out(0xcf9, 2); Out(0xcf9, 6); break;
            case 3: Out(0x92, 1); break;
            case 4: Out(0x64, 0xfe); break;
            case 5: AssaultCode.Run(index, [0x6a, 0x00, 0x6a, 0x00, 0x0f, 0x01, 0x1c, 0x24, 0x0f, 0x0b]); break;
            case 6: AssaultCode.RunAt(Hole, 0, 0, 0, 0); break;
            case 7: AssaultCode.RunAt(LocalApic.Base, 0, 0, 0, 0); break;
            // mov rsp, rdi; ud2: an exception's frame goes to a device.
            case 8: AssaultCode.Run(index, [0x48, 0x89, 0xfc, 0x0f, 0x0b], LocalApic.Base + 0x800); break;
            default: Instructions.WriteCr3(Hole); break;
        }
    }
}
