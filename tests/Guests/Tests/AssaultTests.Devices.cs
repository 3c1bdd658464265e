// SPDX-License-Identifier: MIT
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <content>Wires, timers, ports, and the serial line.</content>
internal static unsafe partial class AssaultTests
{
    private const uint DeadlineMsr = 0x6e0;
    private const uint SlowKilohertz = 200_000;
    private const uint SlowCount = 2_000_000;
    private static bool s_isSlow;

    private static void RewriteWires(int index, ref Rng random)
    {
        switch (random.Next() % 12)
        {
            case 0: Out(0x3f9, random.Next() & 0xf); break; // the serial port's line
            case 1: Out(0x3fc, 0x8 | (random.Next() & 0x13)); break;
            case 2: Out(0x43, 0x34 | (random.Next() & 0xe)); Out(0x40, CountByte(1)); Out(0x40, CountByte(0)); break;
            case 3: LocalApic.Write(0xb0, 0); break;
            case 4: Mmio.Write(IoApic.Base + 0x40, random.Next() & 0xff); break;
            case 5: TakeSome(0, ref random); break;
            case 6: UsePic(ref random); break;
            case 7: LocalApic.Write(LocalApic.Lint0Entry, 0x700); break;
            case 8: LocalApic.Write(LocalApic.TaskPriority, random.Next() & 0xff); break;
            default: SetEntry(ref random); break;
        }
        _ = index;
    }

    private static void SetEntry(ref Rng random)
    {
        uint pin = random.Next() % 24;
        uint low = random.Next() & 0x1afff & ~((random.Next() & 3) != 0 ? IoApic.Masked : 0);
        uint high = (random.Next() & 1) != 0 ? 0xff000000 : random.Next();
        if (((low >> 8) & 7) == Init)
        {
            low &= ~0xf00u;
        }
        if (pin < 4 || pin == 8)
        {
            low = (low & ~0xffu) | 0x30 | pin;
        }
        IoApic.SetEntry((int)pin, low, high);
        _ = IoApic.GetEntry((int)pin);
    }

    private static void UsePic(ref Rng random)
    {
        ushort port = (ushort)((random.Next() & 1) != 0 ? 0x20 : 0xa0);
        switch (random.Next() % 4)
        {
            case 0: Out((ushort)(port + 1), 0); break;
            case 1: Out(port, 0x20); break;
            case 2: Out(port, random.Next() & 0xff); break;
            default:
                Out(port, 0x11);
                Out((ushort)(port + 1), 0x20);
                Out((ushort)(port + 1), 4);
                Out((ushort)(port + 1), 1);
                break;
        }
    }

    private static void Out(ushort port, uint value) => Instructions.Out8(port, (byte)value);

    private static void ProgramTimers(int index, ref Rng random)
    {
        switch (random.Next() % 12)
        {
            case 0: Out(0x43, ((random.Next() % 3) << 6) | 0x30 | ((random.Next() % 6) << 1)); break;
            case 1: Out((ushort)(0x40 + (random.Next() % 3)), CountByte(random.Next() % 3)); break;
            case 2: Out(0x70, 0xa); Out(0x71, 0x20 | (random.Next() % 16) | (s_isSlow ? 8u : 0)); break;
            case 3: Out(0x70, 0xb); Out(0x71, 0x70 | (random.Next() & 0xf)); break;
            case 4: Out(0x70, 0xc); _ = Instructions.In8(0x71); break;
            case 5: LocalApic.Write(LocalApic.DivideConfiguration, 0xb); break;
            case 6: Count(LocalApic.Periodic | 0x41); break;
            case 7: Count(0x42); break;
            case 8:
                LocalApic.Write(LocalApic.TimerEntry, LocalApic.TscDeadline | 0x43);
                ulong deadline = (random.Next() & 1) == 0 ? 1 : Instructions.ReadTimestamp() + 1;
                Instructions.WriteMsr(DeadlineMsr, deadline);
                break;
            case 9: MovePm(ref random); break;
            case 10 when index != 0: Instructions.WriteMsr(0x3b, random.Next() * 0x100000001UL); break;
            default: LocalApic.Write(0xb0, 0); TakeSome(0, ref random); break;
        }
    }

    /// <summary>A byte of the PIT's count, low or high: 4112 ticks of 0.84 us at least on a slow emulator.</summary>
    private static uint CountByte(uint value) => s_isSlow ? value | 0x10 : value;

    private static void Count(uint entry)
    {
        LocalApic.Write(LocalApic.TimerEntry, entry);
        LocalApic.Write(LocalApic.InitialCount, s_isSlow ? SlowCount : 1);
    }

    private static void MovePm(ref Rng random)
    {
        ushort block = (ushort)AcpiTables.ReadUInt32(AcpiTables.Find("FACP"u8), 56);
        Instructions.Out16((ushort)(block + 2), (ushort)random.Next());
        _ = Instructions.In16(block);
    }

    private static void UsePorts(int index, ref Rng random)
    {
        ushort port = (ushort)(random.Next() % ((random.Next() & 1) == 0 ? 0x10000u : 0x400u));
        switch (random.Next() % 8)
        {
            case 0: port = (ushort)(0xcf8 + (random.Next() & 7)); break;
            case 1: port = (ushort)(0x3f8 + (random.Next() & 7)); break;
            case 2: port = (ushort)(0x40 + (random.Next() & 3)); break;
            case 3: port = (ushort)(0x20 + (random.Next() & 1)); break;
        }
        // A doubleword in front of them reaches the timers, too.
        bool isTimer = port is (>= 0x3d and <= 0x43) or (>= 0x6d and <= 0x71);
        if ((s_isSlow && isTimer)
            || (HostileTests.EndsTheGuest(port) && port is not (0xcf8 or (>= 0xcfc and <= 0xcff))))
        {
            return;
        }
        uint value = random.Next() & 0x8000ffff;
        switch (random.Next() % 8)
        {
            case 0: Instructions.Out8(port, (byte)value); break;
            case 1: Instructions.Out16(port, (ushort)value); break;
            case 2: Instructions.Out32(port, value); break;
            case 3: _ = Instructions.In8(port); break;
            case 4: _ = Instructions.In32(port); break;
            case 5: PortString(index, port, ref random); break;
            default: ChangePages(index, ref random); break;
        }
    }

    private static void PortString(int index, ushort port, ref Rng random)
    {
        byte kind = (byte)(0x6c + (random.Next() & 3));
        ulong address = Window + (random.Next() % (16 * (uint)PageSize));
        AssaultCode.Run(index, [0xf3, kind], address, address, port, random.Next() & 0xff);
    }

    private static void Write(int index, ref Rng random)
    {
        byte value = (byte)random.Next();
        if ((random.Next() & 1) != 0)
        {
            Instructions.Out8(0x3f8, value);
        }
        else
        {
            AssaultCode.Run(index, [0xf3, 0x6e], 0, Scratch, 0x3f8, 0x100);
        }
    }
}
