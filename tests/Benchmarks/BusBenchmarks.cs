// SPDX-License-Identifier: MIT
using BenchmarkDotNet.Attributes;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Unit.Devices;

namespace Hypervisor.Benchmarks;

/// <summary>The way of one access from the bus through a device and back.</summary>
[MemoryDiagnoser]
public class BusBenchmarks
{
    private const ushort LineStatus = 0x3fd;
    private const ushort Nobody = 0x1f0;
    private const ulong TaskPriority = 0xfee0_0080;
    private const ulong IoApic = 0xfec0_0000;

    private readonly PcChipset _chipset;

    public BusBenchmarks()
    {
        var parts = new PcChipsetParts(
            new TestClock(), HostGuestMemory.Create(1 << 20), new TestControl(), new TestBackend(),
            [TestPages.Next()]);
        _chipset = new PcChipset(parts);
        _chipset.Attach(new TestCpu());
    }

    [Benchmark]
    public uint PortRead() => _chipset.Ports.Read(LineStatus, 1);

    [Benchmark]
    public uint PortReadOfNobody() => _chipset.Ports.Read(Nobody, 1);

    [Benchmark]
    public ulong LocalApicRead() => _chipset.ReadMmio(0, new GuestPhysical(TaskPriority), 4);

    [Benchmark]
    public ulong IoApicRead() => _chipset.ReadMmio(0, new GuestPhysical(IoApic), 4);
}
