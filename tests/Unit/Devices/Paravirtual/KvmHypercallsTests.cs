// SPDX-License-Identifier: MIT
using Hypervisor.Devices.Paravirtual;
using Xunit;

namespace Hypervisor.Unit.Devices.Paravirtual;

public sealed class KvmHypercallsTests
{
    private readonly TestCpu _cpu = new();
    private readonly KvmHypercalls _calls = new();

    [Theory]
    [InlineData(10UL)]
    [InlineData(11UL)]
    [InlineData(ulong.MaxValue)]
    public void CallsThatCpuidDoesNotOffer_AreEnosys(ulong number)
    {
        Assert.Equal(unchecked((ulong)-1000L), _calls.Call(_cpu, number, 1, 0, 0, 0xF1));
        Assert.Equal(1UL, _calls.Refused);
    }

    [Fact]
    public void Poll_DoesNothing() => Assert.Equal(0UL, _calls.Call(_cpu, 1, 0, 0, 0, 0));

    [Fact]
    public void ProgramsOfTheGuest_AreRefused()
    {
        _cpu.Level = 3;
        Assert.Equal(unchecked((ulong)-1L), _calls.Call(_cpu, 1, 0, 0, 0, 0));
    }
}
