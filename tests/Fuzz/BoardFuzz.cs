// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Unit.Devices;
using Xunit;

namespace Hypervisor.Fuzz;

/// <summary>
/// Random traffic to the whole board of a guest while its time passes: no fault, whatever a guest does.
/// </summary>
public sealed class BoardFuzz
{
    private const int Rounds = 20;
    private const int Steps = 10_000;

    private static readonly ushort[] s_ports =
    [
        0x20, 0x21, 0x40, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80, 0x92, 0xa0, 0xa1, 0x3f8, 0x3f9, 0x3fa,
        0x3fb, 0x3fc, 0x3fd, 0x4d0, 0x600, 0x604, 0x608, 0xcf8, 0xcf9, 0xcfc, 0xcfe,
    ];

    private static readonly ulong[] s_pages = [0xfee0_0000, 0xfec0_0000, 0xe000_0000, 0xb000_0000, 0];

    private static readonly uint[] s_registers = [0x1b, 0x6e0, 0x800, 0x11, 0x12, 0x4b56_4d00];

    [Fact]
    public void RandomTraffic_NeverFaults() =>
        FuzzRun.Rounds(Rounds, static random =>
        {
            var clock = new TestClock();
            var parts = new PcChipsetParts(
                clock, HostGuestMemory.Create(1 << 20), new TestControl(), new TestBackend(),
                [TestPages.Next()]);
            var chipset = new PcChipset(parts);
            var cpu = new TestCpu();
            chipset.Attach(cpu);
            for (int step = 0; step < Steps; step++)
            {
                Step(chipset, cpu, clock, random);
            }
        });

    private static void Step(PcChipset chipset, TestCpu cpu, TestClock clock, Random random)
    {
        ushort port = random.Next(4) == 0 ? (ushort)random.Next(0x10000) : s_ports[random.Next(s_ports.Length)];
        ulong value = random.Next(3) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(256);
        uint register = s_registers[random.Next(s_registers.Length)] + (uint)random.Next(0x40);
        var address = new GuestPhysical(s_pages[random.Next(s_pages.Length)] + (ulong)random.Next(0x1000));
        switch (random.Next(10))
        {
            case 0 or 1:
                chipset.Ports.Write(port, 1 << random.Next(3), (uint)value);
                break;
            case 2 or 3:
                _ = chipset.Ports.Read(port, 1 << random.Next(3));
                break;
            case 4 or 5:
                chipset.WriteMmio(0, address, 1 << random.Next(4), value);
                break;
            case 6:
                _ = chipset.ReadMmio(0, address, 1 << random.Next(4));
                break;
            case 7:
                _ = random.Next(2) == 0
                    ? chipset.TryWriteMsr(0, register, value)
                    : chipset.TryReadMsr(0, register, out _);
                break;
            case 8:
                clock.Advance((ulong)random.Next(2_000_000));
                break;
            default:
                if (cpu.Interrupts.PendingVector >= 0)
                {
                    _ = cpu.Interrupts.Acknowledge();
                }

                break;
        }
    }
}
