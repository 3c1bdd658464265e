// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Chipset;
using Hypervisor.Devices.Paravirtual;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Paravirtual;

public sealed class KvmHypercallsTests
{
    private readonly ApicBus _bus = new(70);
    private readonly TestCpu _cpu = new();
    private readonly KvmHypercalls _calls;

    public KvmHypercallsTests()
    {
        var clock = new TestClock();
        for (uint id = 0; id < 70; id++)
        {
            var apic = new LocalApic(_bus, id, clock, 40, TestPages.Next());
            apic.Write(0xF0, 4, 0x1FF);
            apic.Attach(new TestCpu((int)id));
        }

        _calls = new KvmHypercalls(_bus);
    }

    [Fact]
    public void UnknownCall_IsEnosys()
    {
        Assert.Equal(unchecked((ulong)-1000L), _calls.Call(_cpu, ulong.MaxValue, 0, 0, 0, 0));
        Assert.Equal(1UL, _calls.Refused);
    }

    [Fact]
    public void ProgramsOfTheGuest_AreRefused()
    {
        _cpu.Level = 3;
        Assert.Equal(unchecked((ulong)-1L), _calls.Call(_cpu, 1, 0, 0, 0, 0));
    }

    [Fact]
    public void SendIpi_ReachesBothWordsOfBits()
    {
        Assert.Equal(2UL, _calls.Call(_cpu, 10, 1 << 1, 1 << 1, 2, 0xF1));
        Assert.Equal(0xF1, _bus.Apics[3].PendingVector);
        Assert.Equal(0xF1, _bus.Apics[67].PendingVector);
        Assert.Equal(-1, _bus.Apics[2].PendingVector);
    }

    [Fact]
    public void SendIpi_BeyondTheProcessors_IsNobody() =>
        Assert.Equal(0UL, _calls.Call(_cpu, 10, 0xFFFF_FFFF, 0, 0xFFFF_FFFF, 0));

    [Theory]
    [InlineData(0x8F1UL)]
    [InlineData(0x500UL)]
    [InlineData(0x4_0000UL)]
    public void SendIpi_WithADestinationOrAnotherMode_IsInvalid(ulong command) =>
        Assert.Equal(unchecked((ulong)-22L), _calls.Call(_cpu, 10, 1, 0, 0, command));
}
