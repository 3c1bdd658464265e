// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Devices.Chipset;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>
/// The local APIC against Intel SDM volume 3, chapter 11, and kvm-unit-tests' apic.c: priorities and messages.
/// </summary>
public sealed class LocalApicTests
{
    private readonly TestClock _clock = new();
    private readonly ApicBus _bus = new(3);
    private readonly LocalApic[] _apics = new LocalApic[3];
    private readonly TestCpu[] _cpus = new TestCpu[3];

    public LocalApicTests()
    {
        for (int index = 0; index < 3; index++)
        {
            _apics[index] = new LocalApic(_bus, (uint)index, _clock, 40, TestPages.Next());
            _cpus[index] = new TestCpu(index);
            _apics[index].Attach(_cpus[index]);
            _apics[index].Write(0xF0, 4, 0x1FF);
        }
    }

    private LocalApic Apic => _apics[0];

    [Fact]
    public void Reset_LeavesTheDocumentedValues()
    {
        var apic = new LocalApic(new ApicBus(1), 5, _clock, 40, TestPages.Next());
        Assert.Equal(0x0500_0000u, apic.Read(0x20));
        Assert.Equal(0x0005_0014u, apic.Read(0x30));
        Assert.Equal(0xFFFF_FFFFu, apic.Read(0xE0));
        Assert.Equal(0xFFu, apic.Read(0xF0));
        Assert.Equal(0x1_0000u, apic.Read(0x320));
        Assert.Equal(0x700u, apic.Read(0x350));
        Assert.True(apic.TryReadMsr(0x1B, out ulong value));
        Assert.Equal(0xFEE0_0900UL, value);
        Assert.Equal(0x1_0000u, _apics[1].Read(0x350));
    }

    [Fact]
    public void SelfIpi_GoesThroughIrrAndIsr()
    {
        Send(0x0004_00F1, 0);
        Assert.Equal(CpuRequests.Interrupt, _cpus[0].Requests);
        Assert.Equal(1u << 17, Apic.Read(0x270));
        Assert.Equal(0xF1, Apic.PendingVector);
        Assert.Equal(0xF1, Apic.Acknowledge());
        Assert.Equal(0u, Apic.Read(0x270));
        Assert.Equal(1u << 17, Apic.Read(0x170));
        Assert.Equal(0xF0u, Apic.Read(0xA0));
        Assert.Equal(-1, Apic.PendingVector);
        Apic.Write(0xB0, 4, 0);
        Assert.Equal(0u, Apic.Read(0x170));
        Assert.Equal(0u, Apic.Read(0xA0));
    }

    [Fact]
    public void Priority_OrdersInterrupts()
    {
        Send(0x0004_0041, 0);
        Send(0x0004_0055, 0);
        Send(0x0004_0051, 0);
        Assert.Equal(0x55, Apic.Acknowledge());
        Assert.Equal(-1, Apic.Acknowledge());
        Apic.Write(0xB0, 4, 0);
        Assert.Equal(0x51, Apic.Acknowledge());
        Apic.Write(0xB0, 4, 0);
        Assert.Equal(0x41, Apic.Acknowledge());
    }

    [Fact]
    public void TaskPriority_HoldsItsClassBack()
    {
        Send(0x0004_0045, 0);
        Apic.TaskPriorityClass = 4;
        Assert.Equal(-1, Apic.PendingVector);
        Assert.Equal(0x45, Apic.RequestedVector);
        Assert.Equal(0x40u, Apic.Read(0x80));
        Apic.Write(0x80, 4, 0x3F);
        Assert.Equal(0x45, Apic.PendingVector);
        Assert.Equal(3, Apic.TaskPriorityClass);
        Assert.Equal(0x3Fu, Apic.Read(0xA0));
    }

    [Fact]
    public void LoweringThePriority_AsksTheCpuToLookAgain()
    {
        Apic.TaskPriorityClass = 15;
        Send(0x0004_0045, 0);
        _ = _cpus[0].TakeRequest(CpuRequests.Interrupt);
        Apic.TaskPriorityClass = 0;
        Assert.Equal(CpuRequests.Interrupt, _cpus[0].Requests);
    }

    [Fact]
    public void PhysicalDestination_NamesOne()
    {
        Send(0x40F1, 2u << 24);
        AssertReceived(0xF1, 2);
        Send(0x40F2, 7u << 24);
        AssertReceived(0xF2);
        Assert.Equal(1UL, _bus.Undelivered);
    }

    [Theory]
    [InlineData(0x0000_40F1u, 0xFF00_0000u, new[] { 0, 1, 2 })]
    [InlineData(0x0004_40F1u, 0u, new[] { 0 })]
    [InlineData(0x0008_40F1u, 0u, new[] { 0, 1, 2 })]
    [InlineData(0x000C_40F1u, 0u, new[] { 1, 2 })]
    [InlineData(0x0000_48F1u, 0xFF00_0000u, new[] { 0, 1, 2 })]
    public void BroadcastsAndShorthands_ReachTheirTargets(uint command, uint destination, int[] targets)
    {
        Send(command, destination);
        AssertReceived(0xF1, targets);
    }

    [Fact]
    public void FlatLogicalDestination_IsASetOfBits()
    {
        for (int index = 0; index < 3; index++)
        {
            _apics[index].Write(0xD0, 4, 0x0100_0000u << index);
        }

        Send(0x48F1, 0x8500_0000);
        AssertReceived(0xF1, 0, 2);
    }

    [Fact]
    public void ClusterLogicalDestination_HasAClusterAndASet()
    {
        uint[] logicalIds = [0x1100_0000, 0x1200_0000, 0x2100_0000];
        for (int index = 0; index < 3; index++)
        {
            _apics[index].Write(0xE0, 4, 0);
            _apics[index].Write(0xD0, 4, logicalIds[index]);
        }

        Assert.Equal(0x0FFF_FFFFu, Apic.Read(0xE0));
        Send(0x48F1, 0x1300_0000);
        AssertReceived(0xF1, 0, 1);
        Send(0x48F2, 0x2100_0000);
        AssertReceived(0xF2, 2);
    }

    [Fact]
    public void LowestPriority_GoesToTheLeastBusy()
    {
        _apics[0].TaskPriorityClass = 8;
        _apics[1].TaskPriorityClass = 2;
        _apics[2].TaskPriorityClass = 4;
        Send(0x41F1, 0xFF00_0000);
        AssertReceived(0xF1, 1);
    }

    [Fact]
    public void LowestPriority_AmongEqualsTakesTurns()
    {
        bool[] reached = new bool[3];
        for (int round = 0; round < 3; round++)
        {
            Send(0x41F1, 0xFF00_0000);
            for (int index = 0; index < 3; index++)
            {
                if (_apics[index].Acknowledge() >= 0)
                {
                    _apics[index].Write(0xB0, 4, 0);
                    reached[index] = true;
                }
            }
        }

        Assert.DoesNotContain(false, reached);
    }

    [Fact]
    public void NmiInitAndStartUp_AreRequestsToTheCpu()
    {
        Send(0x0000_4400, 1u << 24);
        Assert.Equal(CpuRequests.Nmi, _cpus[1].Requests);
        Send(0x0000_C500, 2u << 24);
        Assert.Equal(CpuRequests.Init, _cpus[2].Requests);
        Send(0x0000_8500, 1u << 24);
        Assert.Equal(CpuRequests.Nmi, _cpus[1].Requests);
        Send(0x0000_469A, 2u << 24);
        Assert.Equal(CpuRequests.Init | CpuRequests.Sipi, _cpus[2].Requests);
        Assert.Equal(0x9A, _cpus[2].StartupVector);
        Send(0x0000_C500, 2u << 24);
        Assert.Equal(CpuRequests.Init, _cpus[2].Requests);
    }

    [Fact]
    public void IllegalVectors_AreErrors()
    {
        Apic.Write(0x370, 4, 0xFE);
        Send(0x0004_000F, 0);
        Assert.Equal(0xFE, Apic.Acknowledge());
        Apic.Write(0x280, 4, 0);
        Assert.Equal(0x20u, Apic.Read(0x280));
        Apic.Write(0x280, 4, 0);
        Assert.Equal(0u, Apic.Read(0x280));
        _ = _bus.Send(new ApicMessage(3, ApicDeliveryMode.Fixed, false, false, 0, false));
        Apic.Write(0x280, 4, 0);
        Assert.Equal(0x40u, Apic.Read(0x280));
    }

    [Fact]
    public void IllegalErrorVector_DoesNotRecurse()
    {
        Apic.Write(0x370, 4, 0x05);
        Send(0x0004_000F, 0);
        Assert.Equal(-1, Apic.PendingVector);
    }

    [Fact]
    public void SoftwareDisabledApic_TakesNoFixedInterruptAndMasksItsEntries()
    {
        Apic.Write(0x320, 4, 0x20);
        Apic.Write(0xF0, 4, 0xFF);
        Assert.Equal(0x1_0020u, Apic.Read(0x320));
        Apic.Write(0x320, 4, 0x20);
        Assert.Equal(0x1_0020u, Apic.Read(0x320));
        Send(0x0004_00F1, 0);
        Assert.Equal(-1, Apic.PendingVector);
        Send(0x0000_4400, 0);
        Assert.Equal(CpuRequests.Nmi, _cpus[0].Requests & CpuRequests.Nmi);
    }

    [Fact]
    public void SuppressionOfEoiBroadcasts_IsNeitherOfferedNorDone()
    {
        const uint Offered = 1 << 24;
        Assert.Equal(0u, Apic.Read(0x30) & Offered);
        Apic.Write(0xF0, 4, 0x11FF);
        Assert.Equal(0x1FFu, Apic.Read(0xF0));
    }

    [Fact]
    public void ExternalInterrupt_ComesThroughLint0()
    {
        var bus = new ApicBus(2);
        var apic = new LocalApic(bus, 0, _clock, 40, TestPages.Next());
        var other = new LocalApic(bus, 1, _clock, 40, TestPages.Next());
        var cpu = new TestCpu();
        apic.Attach(cpu);
        var pic = new Pic8259Pair(new IntrLine(bus));
        bus.Connect(pic);
        pic.Write(0, 1, 0x11);
        pic.Write(1, 1, 0x30);
        pic.Write(1, 1, 0x04);
        pic.Write(1, 1, 0x01);
        pic.SetLine(0, true);
        Assert.Equal(CpuRequests.Interrupt, cpu.Requests);
        Assert.Equal(0x30, apic.PendingVector);
        Assert.Equal(-1, other.PendingVector);
        apic.TaskPriorityClass = 15;
        Assert.Equal(0x30, apic.Acknowledge());
        Assert.Equal(-1, apic.PendingVector);
        pic.Write(0, 1, 0x20);
        apic.Write(0xF0, 4, 0x1FF);
        apic.Write(0x350, 4, 0x1_0700);
        pic.SetLine(1, true);
        Assert.Equal(-1, apic.PendingVector);
        apic.Write(0x350, 4, 0x700);
        Assert.Equal(0x31, apic.PendingVector);
    }

    [Fact]
    public void Init_KeepsTheIdAndMasksEverything()
    {
        Apic.Write(0x20, 4, 0x0900_0000);
        Apic.Write(0x320, 4, 0x20);
        Send(0x0004_00F1, 0);
        Apic.Initialize();
        Assert.Equal(0x0900_0000u, Apic.Read(0x20));
        Assert.Equal(0x1_0000u, Apic.Read(0x320));
        Assert.Equal(0xFFu, Apic.Read(0xF0));
        Assert.Equal(-1, Apic.RequestedVector);
    }

    [Fact]
    public void Page_ReadsBytesOfRegistersAndZeroBetween()
    {
        Assert.Equal(0x00_0500u, Apic.Read(0x31));
        Assert.Equal(0u, Apic.Read(0x34));
        Apic.Write(0x81, 1, 0xFF);
        Apic.Write(0x80, 1, 0xFF);
        Assert.Equal(0u, Apic.Read(0x80));
        Assert.Equal(0u, Apic.Read(0xFF0));
    }

    [Fact]
    public void MessageSignalledInterrupt_IsDecoded()
    {
        _ = _bus.Send(ApicMessage.FromMsi(0xFEE0_1000, 0x0000_0055));
        AssertReceived(0x55, 1);
        _ = _bus.Send(ApicMessage.FromMsi(0xFEEF_F000, 0x0000_0056));
        AssertReceived(0x56, 0, 1, 2);
    }

    [Fact]
    public void RandomTraffic_IsContained()
    {
        var random = new Random(5);
        Allocation.AssertNone(() =>
        {
            for (int round = 0; round < 50_000; round++)
            {
                LocalApic apic = _apics[random.Next(3)];
                ulong offset = (ulong)random.Next(0x1000);
                uint register = random.Next(2) == 0 ? 0x1Bu : 0x800u + (uint)random.Next(0x100);
                switch (random.Next(6))
                {
                    case 0:
                        _ = apic.Read(offset);
                        break;
                    case 1:
                        apic.Write(offset & ~15UL, 4, (uint)random.NextInt64());
                        break;
                    case 2:
                        _ = apic.TryWriteMsr(register, (ulong)random.NextInt64() & 0xFEE0_0D00);
                        break;
                    case 3:
                        _ = apic.TryReadMsr(register, out _);
                        break;
                    case 4:
                        _ = apic.Acknowledge();
                        break;
                    default:
                        _clock.Advance((ulong)random.Next(100_000));
                        break;
                }
            }
        });
    }

    private void Send(uint low, uint high)
    {
        Apic.Write(0x310, 4, high);
        Apic.Write(0x300, 4, low);
        Assert.Equal(low & 0x000C_CFFF, Apic.Read(0x300));
    }

    private void AssertReceived(int vector, params int[] targets)
    {
        for (int index = 0; index < 3; index++)
        {
            int expected = Array.IndexOf(targets, index) >= 0 ? vector : -1;
            Assert.Equal(expected, _apics[index].Acknowledge());
            _apics[index].Write(0xB0, 4, 0);
        }
    }
}
