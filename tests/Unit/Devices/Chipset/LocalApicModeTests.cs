// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Devices.Chipset;
using Hypervisor.Memory;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;
using Xunit;

namespace Hypervisor.Unit.Devices.Chipset;

/// <summary>IA32_APIC_BASE's transitions and x2APIC mode's MSRs: Intel SDM volume 3, section 11.12.</summary>
public sealed class LocalApicModeTests
{
    private const uint Base = 0x1B;
    private const ulong Address = 0xFEE0_0000;
    private const ulong Enabled = 0x900;
    private const ulong X2 = 0xD00;

    private readonly TestClock _clock = new();
    private readonly ApicBus _bus = new(2);
    private readonly LocalApic _apic;
    private readonly LocalApic _other;

    public LocalApicModeTests()
    {
        _apic = new LocalApic(_bus, 0, _clock, 40, TestPages.Next());
        _other = new LocalApic(_bus, 0x25, _clock, 40, TestPages.Next());
    }

    [Theory]
    [InlineData(Enabled, Enabled, true)]
    [InlineData(Enabled, X2, true)]
    [InlineData(Enabled, 0x100UL, true)]
    [InlineData(Enabled, 0x500UL, false)]
    [InlineData(X2, Enabled, false)]
    [InlineData(X2, 0x100UL, true)]
    [InlineData(X2, 0x500UL, false)]
    [InlineData(0x100UL, Enabled, true)]
    [InlineData(0x100UL, X2, false)]
    [InlineData(0x100UL, 0x500UL, false)]
    public void Transitions(ulong from, ulong to, bool isLegal)
    {
        Assert.True(_apic.TryWriteMsr(Base, Address | from));
        Assert.Equal(isLegal, _apic.TryWriteMsr(Base, Address | to));
        Assert.True(_apic.TryReadMsr(Base, out ulong value));
        Assert.Equal(Address | (isLegal ? to : from), value);
    }

    [Theory]
    [InlineData(0x1UL)]
    [InlineData(0x200UL)]
    [InlineData(1UL << 40)]
    public void ReservedBits_AreRefused(ulong bit) => Assert.False(_apic.TryWriteMsr(Base, Address | Enabled | bit));

    [Fact]
    public void X2Apic_RefusesReservedBitsOfTheSpuriousVector()
    {
        const uint SpuriousVector = 0x80F;
        Assert.True(_apic.TryWriteMsr(Base, Address | X2));
        Assert.True(_apic.TryWriteMsr(SpuriousVector, 0x3FF));
        Assert.False(_apic.TryWriteMsr(SpuriousVector, 0x11FF));
    }

    /// <summary>The PIC's interrupt may stand there, and comes through only now.</summary>
    [Fact]
    public void AfterAChange_TheVcpuLooksForInterrupts()
    {
        var cpu = new FakeCpu();
        _apic.Attach(cpu);
        _ = cpu.TakeRequest(CpuRequests.Interrupt);
        Assert.True(_apic.TryWriteMsr(Base, Address | 0x100));
        Assert.Equal(CpuRequests.Interrupt, cpu.Requests & CpuRequests.Interrupt);
    }

    /// <summary>A start-up IPI may follow at once.</summary>
    [Theory]
    [InlineData(Enabled)]
    [InlineData(X2)]
    public void WhileItTakesAnInit_TheApicIsFoundByItsId(ulong mode)
    {
        const int Rounds = 50_000;
        Assert.True(_other.TryWriteMsr(Base, Address | mode));
        var message = new ApicMessage(8, ApicDeliveryMode.StartUp, false, false, 0x25, false);
        int looks = 0;
        int missed = 0;
        bool isOver = false;
        ulong machine = DirectMap.Start;
        var sender = new Thread(() =>
        {
            DirectMap.Join(machine);
            while (!Volatile.Read(ref isOver))
            {
                missed += _other.IsTargetOf(in message) ? 0 : 1;
                Volatile.Write(ref looks, looks + 1);
            }
        });
        sender.Start();
        for (int round = 0; round < Rounds || Volatile.Read(ref looks) < Rounds; round++)
        {
            _other.Initialize();
        }

        Volatile.Write(ref isOver, true);
        sender.Join();
        Assert.Equal(0, missed);
    }

    [Fact]
    public void Page_CanBeMoved()
    {
        Assert.True(_apic.TryWriteMsr(Base, 0xFED4_0000 | Enabled));
        Assert.Equal(0xFED4_0000UL, _apic.BaseAddress);
        Assert.True(_apic.IsPageEnabled);
    }

    [Fact]
    public void DisabledApic_KeepsTheTaskPriorityAndComesBackReset()
    {
        _apic.Write(0x20, 4, 0x0700_0000);
        _apic.TaskPriorityClass = 9;
        Assert.True(_apic.TryWriteMsr(Base, Address | 0x100));
        Assert.False(_apic.IsEnabled);
        Assert.Equal(9, _apic.TaskPriorityClass);
        Assert.True(_apic.TryWriteMsr(Base, Address | Enabled));
        Assert.Equal(0u, _apic.Read(0x20));
        Assert.Equal(0x90u, _apic.Read(0x80));
        Assert.Equal(0xFFu, _apic.Read(0xF0));
    }

    [Fact]
    public void X2ApicMsrs_AreNotThereInXApicMode()
    {
        Assert.False(_apic.TryReadMsr(0x802, out _));
        Assert.False(_apic.TryWriteMsr(0x80B, 0));
    }

    [Fact]
    public void X2Apic_DerivesTheLogicalIdFromTheId()
    {
        Enter(_other);
        Assert.Equal(0x25UL, Read(_other, 0x802));
        Assert.Equal(0x0002_0020UL, Read(_other, 0x80D));
        Assert.False(_other.IsPageEnabled);
    }

    [Theory]
    [InlineData(0x802u, false, true)]
    [InlineData(0x803u, false, true)]
    [InlineData(0x809u, false, false)]
    [InlineData(0x80Au, false, true)]
    [InlineData(0x80Bu, true, false)]
    [InlineData(0x80Cu, false, false)]
    [InlineData(0x80Du, false, true)]
    [InlineData(0x80Eu, false, false)]
    [InlineData(0x828u, true, true)]
    [InlineData(0x82Fu, false, false)]
    [InlineData(0x830u, true, true)]
    [InlineData(0x831u, false, false)]
    [InlineData(0x838u, true, true)]
    [InlineData(0x839u, false, true)]
    [InlineData(0x83Eu, true, true)]
    [InlineData(0x840u, false, false)]
    [InlineData(0x8FFu, false, false)]
    public void X2ApicMsrs_HaveTheirAccess(uint index, bool isWritable, bool isReadable)
    {
        Enter(_apic);
        Assert.Equal(isWritable, _apic.TryWriteMsr(index, 0));
        Assert.Equal(isReadable, _apic.TryReadMsr(index, out _));
    }

    [Theory]
    [InlineData(0x80Bu, 1UL)]
    [InlineData(0x828u, 1UL)]
    [InlineData(0x808u, 0x100UL)]
    [InlineData(0x83Fu, 0x100UL)]
    [InlineData(0x80Fu, 0x1_0000_0000UL)]
    [InlineData(0x830u, 0x2000UL)]
    [InlineData(0x830u, 0x10_0000UL)]
    public void X2Apic_RefusesReservedBits(uint index, ulong value)
    {
        Enter(_apic);
        Assert.False(_apic.TryWriteMsr(index, value));
    }

    [Fact]
    public void X2ApicIcr_SendsInOneWrite()
    {
        Enter(_apic);
        Enter(_other);
        Assert.True(_other.TryWriteMsr(0x80F, 0x1FF));
        Assert.True(_apic.TryWriteMsr(0x830, 0x0000_0025_0000_40F1));
        Assert.Equal(0xF1, _other.Acknowledge());
        Assert.Equal(0x0000_0025_0000_40F1UL, Read(_apic, 0x830));
        Assert.True(_other.TryWriteMsr(0x80B, 0));
        Assert.True(_apic.TryWriteMsr(0x830, 0x0002_0021_0000_48F2));
        Assert.Equal(0xF2, _other.Acknowledge());
    }

    [Fact]
    public void X2ApicBroadcast_ReachesAll()
    {
        Enter(_apic);
        Assert.True(_apic.TryWriteMsr(0x80F, 0x1FF));
        _other.Write(0xF0, 4, 0x1FF);
        Assert.True(_apic.TryWriteMsr(0x830, 0xFFFF_FFFF_0000_40F1));
        Assert.Equal(0xF1, _apic.PendingVector);
        Assert.Equal(0xF1, _other.PendingVector);
    }

    [Fact]
    public void SelfIpiMsr_Interrupts()
    {
        Enter(_apic);
        Assert.True(_apic.TryWriteMsr(0x80F, 0x1FF));
        Assert.True(_apic.TryWriteMsr(0x83F, 0x41));
        Assert.Equal(0x41, _apic.PendingVector);
    }

    private static void Enter(LocalApic apic)
    {
        Assert.True(apic.TryReadMsr(Base, out ulong value));
        Assert.True(apic.TryWriteMsr(Base, value | X2));
    }

    private static ulong Read(LocalApic apic, uint index)
    {
        Assert.True(apic.TryReadMsr(index, out ulong value));
        return value;
    }
}
