// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Guests.Kit;
using Hypervisor.X64;

namespace Hypervisor.Guests.Tests;

/// <summary>
/// Random traffic, the same on every run: it may confuse this guest's own board, but never its host. Only what would
/// end the guest or overwrite its memory is left out. Each is run by name, for it leaves the board as it happens to be.
/// </summary>
internal static unsafe class HostileTests
{
    private const int Rounds = 20_000;
    private const ulong Hole = 0xd0000000;
    private const uint Efer = 0xc0000080;
    private const uint FsBase = 0xc0000100;
    private const uint GsBase = 0xc0000101;
    private const uint ApicBase = 0x1b;

    private static readonly uint[] s_msrRanges =
        [0, 0x170, 0x200, 0x400, 0x6e0, 0x800, 0xc0000080, 0xc0000100, 0xc0010000];

    [GuestTest(OnlyByName = true)]
    internal static void Ports()
    {
        Rng random = new(1);
        for (int i = 0; i < Rounds; i++)
        {
            // Half of all goes where devices are.
            ushort port = (ushort)(random.Next() % ((i & 1) == 0 ? 0x10000u : 0x400u));
            if (!EndsTheGuest(port))
            {
                Access(port, ref random);
            }
        }
        RestoreConsole();
    }

    [GuestTest(OnlyByName = true)]
    internal static void Memory()
    {
        ReadOnlySpan<byte> mcfg = AcpiTables.Find("MCFG"u8);
        ulong configuration = mcfg.Length == 0 ? Hole : AcpiTables.ReadUInt32(mcfg, 44);
        Rng random = new(2);
        for (int i = 0; i < Rounds; i++)
        {
            uint offset = random.Next() % 0x1000;
            ulong address = (random.Next() % 4) switch
            {
                0 => LocalApic.Base,
                1 => IoApic.Base,
                2 => configuration,
                _ => Hole + ((ulong)(random.Next() % 0x1000) << 12),
            };
            // An INIT to itself would leave nobody to go on.
            bool commands = address == LocalApic.Base && (offset & 0xff0) is 0x300 or 0x310;
            if (!commands)
            {
                Access(address + offset, ref random);
            }
        }
    }

    /// <summary>Goes on where there is no memory: the host stops the VM for it.</summary>
    [GuestTest(OnlyByName = true)]
    internal static void RunAway() => ((delegate*<void>)Hole)();

    [GuestTest(OnlyByName = true)]
    internal static void Msrs()
    {
        Rng random = new(3);
        for (int i = 0; i < Rounds; i++)
        {
            uint index = s_msrRanges[random.Next() % (uint)s_msrRanges.Length] + (random.Next() % 0x40);
            // The x2APIC's command register would send an INIT, and the bases are where this code's own data is.
            bool isKept = index is Efer or FsBase or GsBase or ApicBase or 0x830;
            RegisterFile registers = new() { Rcx = index, Rax = random.Next(), Rdx = random.Next() };
            bool writes = (random.Next() & 1) != 0 && !isKept;
            _ = MachineCode.Run(writes ? [0x0f, 0x30] : [0x0f, 0x32], ref registers);
        }
    }

    [GuestTest(OnlyByName = true)]
    internal static void Hypercalls()
    {
        if (!GuestMachine.HasKvmInterface)
        {
            Check.Skip("no hypervisor of ours");
        }
        Rng random = new(4);
        for (int i = 0; i < Rounds; i++)
        {
            RegisterFile registers = new()
            {
                Rax = random.Next() % 16,
                Rbx = random.Next(),
                Rcx = random.Next(),
                Rdx = random.Next(),
                Rsi = random.Next(),
            };
            Check.Equal(MachineCode.NoException, MachineCode.Run([0x0f, 0x01, 0xd9], ref registers), "VMMCALL");
        }
    }

    internal static bool EndsTheGuest(int port) =>
        port is 0x64 or 0x92 or (>= 0xf1 and <= 0xf7) or (>= 0xcf6 and <= 0xcfb) || IsPowerManagement(port);

    private static bool IsPowerManagement(int port)
    {
        int block = (int)AcpiTables.ReadUInt32(AcpiTables.Find("FACP"u8), 56);
        return port >= block - 4 && port < block + 16;
    }

    private static void Access(ushort port, ref Rng random)
    {
        uint value = random.Next();
        switch (random.Next() % 6)
        {
            case 0: Instructions.Out8(port, (byte)value); break;
            case 1: Instructions.Out16(port, (ushort)value); break;
            case 2: Instructions.Out32(port, value); break;
            case 3: _ = Instructions.In8(port); break;
            case 4: _ = Instructions.In16(port); break;
            default: _ = Instructions.In32(port); break;
        }
    }

    private static unsafe void Access(ulong address, ref Rng random)
    {
        uint value = random.Next();
        switch (random.Next() % 6)
        {
            case 0: System.Threading.Volatile.Write(ref *(byte*)address, (byte)value); break;
            case 1: System.Threading.Volatile.Write(ref *(ushort*)address, (ushort)value); break;
            case 2: Mmio.Write(address, value); break;
            case 3: System.Threading.Volatile.Write(ref *(ulong*)address, value * 0x100000001UL); break;
            case 4: _ = System.Threading.Volatile.Read(ref *(ulong*)address); break;
            default: _ = Mmio.Read(address); break;
        }
    }

    /// <summary>8 data bits, no divisor latch, no loop-back: the report must get out.</summary>
    private static void RestoreConsole()
    {
        Instructions.Out8(0x3fb, 0x03);
        Instructions.Out8(0x3fc, 0x03);
        Instructions.Out8(0x3f9, 0x00);
    }
}
