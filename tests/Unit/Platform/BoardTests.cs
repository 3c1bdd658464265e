// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Platform.Acpi;
using Hypervisor.Unit.Memory;
using Hypervisor.Unit.Platform.Acpi;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Platform;

/// <summary>The board's timers, power and configuration ports against made-up hardware.</summary>
public sealed class BoardTests
{
    private readonly FakeProcessor _processor = FakeProcessor.Reset();
    private readonly List<(ushort Port, int Size, uint Value)> _writes = [];

    public BoardTests()
    {
        _processor.PortWrite = (port, size, value) => _writes.Add((port, size, value));
    }

    [Fact]
    public void PowerTimer_CountsAcrossItsEnd()
    {
        uint count = 0xff_fff0;
        _processor.PortRead = (_, _) => 0xab00_0000 | (count & 0xff_ffff);
        var timer = new PowerTimer(0x608);
        timer.Start();
        Assert.Equal(0UL, timer.Elapsed);
        count += 0x20;
        Assert.Equal(0x20UL, timer.Elapsed);
        count += 0xff_ff00;
        Assert.Equal(0xff_ff20UL, timer.Elapsed);
    }

    [Fact]
    public void PowerTimer_ThatStandsStill_IsNotAlive()
    {
        _processor.PortRead = (_, _) => 1234;
        Assert.False(new PowerTimer(0x608).IsAlive());
        uint count = 0;
        _processor.PortRead = (_, _) => count += 4;
        Assert.True(new PowerTimer(0x608).IsAlive());
    }

    [Fact]
    public void IntervalTimer_CountsDownAcrossZero()
    {
        ushort count = 5;
        bool isHigh = false;
        _processor.PortRead = (port, _) =>
        {
            if (port != 0x42)
            {
                return 0;
            }

            isHigh = !isHigh;
            return isHigh ? (byte)count : (uint)(count >> 8);
        };
        var timer = new IntervalTimer();
        timer.Start();
        count = 0xfffe;
        Assert.Equal(7UL, timer.Elapsed);
        Assert.Contains(((ushort)0x43, 1, 0xb4u), _writes);
    }

    [Fact]
    public void Calibration_FindsTheRatesOfBothClocks()
    {
        // 2.5 GHz of time stamps, 100 MHz of APIC timer, 3.579545 MHz of PM timer, all off one simulated nanosecond
        // clock.
        ulong nanoseconds = 0;
        ulong armed = 0;
        _processor.PortRead = (_, _) =>
        {
            nanoseconds += 700;
            _processor.Timestamp = nanoseconds * 5 / 2;
            return (uint)(nanoseconds * 3_579_545 / 1_000_000_000) & 0xff_ffff;
        };
        var apic = new TestApic(() => nanoseconds) { OnStart = () => armed = nanoseconds };
        Calibration rates = Calibration.Measure(new PowerTimer(0x608), apic);
        Assert.InRange(rates.TimestampFrequency, 2_499_500_000UL, 2_500_500_000UL);
        Assert.InRange(rates.ApicFrequency, 99_980_000UL, 100_020_000UL);
        Assert.True(armed > 0);
    }

    [Theory]
    [InlineData(100_000_000UL, 1_000_000UL, 100_001U)]
    [InlineData(1_000_000_000UL, 1_000UL, 1_001U)]
    [InlineData(4_000_000_000UL, ulong.MaxValue, uint.MaxValue)]
    [InlineData(1_000_000UL, ulong.MaxValue, 4_294_967U)]
    public void CountdownTimer_ConvertsAndLimits(ulong frequency, ulong wait, uint expected)
    {
        _processor.Timestamp = 0;
        var clock = new HostClock(1_000_000_000);
        var apic = new TestApic(() => 0);
        var timer = new CountdownTimer(apic, clock, frequency);
        ulong now = clock.Now;
        timer.Arm(wait == ulong.MaxValue ? wait : now + 1 + wait);
        Assert.InRange(apic.Initial, expected - Math.Min((expected / 1000) + 2, expected), expected);
        timer.Arm(0);
        Assert.Equal(1U, apic.Initial);
        timer.Disarm();
        Assert.Equal(0U, apic.Initial);
    }

    [Fact]
    public void DeadlineTimer_WritesTimestamps()
    {
        _processor.Timestamp = 5000;
        var clock = new HostClock(2_000_000_000);
        new DeadlineTimer(clock).Arm(1_000_000);
        Assert.Equal(5000UL + 2_000_000, _processor.Msrs[Msr.TimestampDeadline]);
        new DeadlineTimer(clock).Disarm();
        Assert.Equal(0UL, _processor.Msrs[Msr.TimestampDeadline]);
    }

    [Fact]
    public void PowerOff_WritesTheSleepTypeThenTheEnable()
    {
        _processor.PortRead = (_, size) => size == 2 ? 1u : 0;
        byte[] body = new byte[116 - AcpiTables.HeaderSize];
        var firmware = new TestFirmware();
        ulong dsdt = firmware.Add("DSDT", [0, 0x08, 0x5f, 0x53, 0x35, 0x5f, 0x12, 0x06, 0x04, 0x0a, 5, 0, 0, 0]);
        BitConverter.TryWriteBytes(body.AsSpan(40 - AcpiTables.HeaderSize), (uint)dsdt);
        BitConverter.TryWriteBytes(body.AsSpan(64 - AcpiTables.HeaderSize), 0x604);
        var tables = new AcpiTables(firmware, firmware.Root(true, firmware.Add("FACP", body)));
        var power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        Assert.True(power.CanPowerOff);
        power.PowerOff();
        Assert.Equal([((ushort)0x604, 2, 0x1401u), ((ushort)0x604, 2, 0x3401u)], _writes);
    }

    [Fact]
    public void Reset_TriesWhatPcsHave()
    {
        var tables = new AcpiTables(new TestFirmware(), default);
        var power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        Assert.False(power.CanPowerOff);
        power.PowerOff();
        Assert.Empty(_writes);
        power.Reset();
        Assert.Equal(
            [((ushort)0xcf9, 1, 2u), ((ushort)0xcf9, 1, 6u), ((ushort)0x64, 1, 0xfeu)], _writes);
    }

    [Fact]
    public void PciConfiguration_BuildsTheAddress()
    {
        _processor.PortRead = (_, _) => 0x1237_8086;
        Assert.Equal(0x1237_8086u, PciConfiguration.Read(1, 31, 7, 0x3f));
        PciConfiguration.Write(0, 2, 0, 4, 7);
        Assert.Equal(
            [((ushort)0xcf8, 4, 0x8001_ff3cu), ((ushort)0xcf8, 4, 0x8000_1004u), ((ushort)0xcfc, 4, 7u)], _writes);
    }

    [Fact]
    public void X2Apic_SendsCommandsThroughOneMsr()
    {
        _processor.Msrs[Msr.ApicBase] = 0xfee0_0800;
        _processor.Msrs[0x803] = 5 << 16;
        var apic = new X2Apic();
        apic.Enable();
        Assert.Equal(0xfee0_0c00UL, _processor.Msrs[Msr.ApicBase]);
        Assert.Equal(0x1ffUL, _processor.Msrs[0x80f]);
        apic.Send(0x12345, 0xf1);
        Assert.Equal(0x12345_0000_40f1UL, _processor.Msrs[0x830]);
        apic.SendStartup(3, 8);
        Assert.Equal(0x3_0000_4608UL, _processor.Msrs[0x830]);
    }

    private sealed class TestApic : LocalApic
    {
        private readonly Func<ulong> _nanoseconds;
        private ulong _start;

        public TestApic(Func<ulong> nanoseconds)
        {
            _nanoseconds = nanoseconds;
        }

        public uint Initial { get; private set; }

        public Action? OnStart { get; init; }

        public override uint Id => 0;

        public override bool CanReach(uint apicId) => true;

        protected override uint Read(ApicRegister register) =>
            register == ApicRegister.TimerCurrentCount ? Initial - (uint)((_nanoseconds() - _start) / 10) : 0;

        protected override void Write(ApicRegister register, uint value)
        {
            if (register == ApicRegister.TimerInitialCount)
            {
                Initial = value;
                _start = _nanoseconds();
                OnStart?.Invoke();
            }
        }

        protected override void SendToOthers(uint command)
        {
        }

        protected override void SendCommand(uint apicId, uint command)
        {
        }

        protected override void SwitchOn()
        {
        }

        protected override void OrderBeforeMsr()
        {
        }
    }
}
