// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using Hypervisor.Console;
using Hypervisor.Devices.Chipset;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Platform.Acpi;
using Hypervisor.Unit.Devices;
using Hypervisor.Unit.Machine;
using Hypervisor.Unit.Memory;
using Hypervisor.Unit.Platform.Acpi;
using Hypervisor.Unit.Virtualization;
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>What `top` says of a VM whose vCPU runs, with the test as its processor.</summary>
[Collection("log")]
public sealed class LoadMeterTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeProcessor _hardware = FakeProcessor.Reset();
    private readonly Supervisor _supervisor;
    private readonly MachineSlot _slot;
    private readonly LoadMeter _meter;
    private readonly MemorySink _sink = new();
    private readonly RecordWriter _records;

    public LoadMeterTests()
    {
        var clock = new HostClock(Second);
        CurrentProcessor.Owner = new Processor(0, 0, new DeadlineQueue(clock, new DeadlineTimer(clock), 4));
        var tables = new AcpiTables(new TestFirmware(), default);
        var power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        var parts = new PcChipsetParts(
            new TestClock(), HostGuestMemory.Create(1 << 20), new TestControl(), new TestBackend(),
            [TestPages.Next()]);
        var machines = new FakeMachines { AreSlowToLeave = true, Clock = clock, Chipset = new PcChipset(parts) };
        _supervisor = new Supervisor(default, clock, machines, power, new TestTask());
        _slot = new MachineSlot(new VmConfig { Name = "web" }, _supervisor, new GuestConsole());
        _supervisor.Take([_slot], AllStoppedAction.Monitor);
        Ask(MachineEvents.Start);
        _meter = new LoadMeter(_slot, clock);
        _records = new RecordWriter(new ConsoleWriter(_sink)) { Layout = RecordLayout.Json };
    }

    public void Dispose() => CurrentProcessor.Owner = null;

    [Fact]
    public void TheTimeOfASliceThatLasts_IsSeen()
    {
        double share = 0;
        RunFor(Second / 4, () =>
        {
            _meter.Measure();
            _hardware.Timestamp += Second / 2;
            _meter.Measure();
            share = Share();
        });
        Assert.Equal(100, share, 1.0);
    }

    [Fact]
    public void WhatItRanBetweenTwoLooks_IsItsShare()
    {
        RunFor(Second, () => { });
        _meter.Measure();
        RunFor(Second / 4, () => { });
        _hardware.Timestamp += Second * 3 / 4;
        _meter.Measure();
        Assert.Equal(25, Share(), 1.0);
    }

    /// <summary>
    /// A slice is looked at from a processor whose counter is a little ahead, and ends then on its own.
    /// </summary>
    [Fact]
    public void ATimeThatGoesBack_IsNoneAndNotAllOfIt()
    {
        RunFor(0, () =>
        {
            _hardware.Timestamp += 100 * Second;
            _meter.Measure();
            _hardware.Timestamp -= 100;
        });
        _hardware.Timestamp += Second;
        _meter.Measure();
        Assert.Equal(0, Share());
    }

    /// <summary>The one after it is the slot's first again, and yet another VM.</summary>
    [Fact]
    public void WhatFollowsADestroyedVm_CountsFromNothing()
    {
        for (int slice = 0; slice < 8; slice++)
        {
            RunFor(0, () => { });
        }

        _meter.Measure();
        Ask(MachineEvents.Destroy);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
        Assert.Equal(0UL, _slot.Starts);
        _hardware.Timestamp += Second;
        Ask(MachineEvents.Start);
        RunFor(0, () => { });
        RunFor(0, () => { });
        _meter.Measure();
        Assert.Equal(2, Show().GetProperty("exits/s").GetInt32());
    }

    [Fact]
    public void ForScripts_ThereAreTotals()
    {
        RunFor(Second, () => { });
        _slot.Tasks[0].Statistics.WaitNanoseconds = 12;
        _slot.Tasks[0].Statistics.LongestWait = 7;
        _slot.Tasks[0].Statistics.Migrations = 3;
        _meter.Measure();
        JsonElement shown = Show();
        Assert.InRange(shown.GetProperty("ran").GetUInt64(), Second, Second + 1000);
        Assert.Equal(12UL, shown.GetProperty("waited").GetUInt64());
        Assert.Equal(7UL, shown.GetProperty("longest wait").GetUInt64());
        Assert.Equal(3UL, shown.GetProperty("moves").GetUInt64());
    }

    /// <summary>A slice that takes so long, with <paramref name="meanwhile"/> at its beginning.</summary>
    private void RunFor(ulong ticks, Action meanwhile)
    {
        var cpu = (FakeCpu)_slot.Machine!.Cpus[0];
        cpu.Guest = cpu =>
        {
            meanwhile();
            _hardware.Timestamp += ticks;
            cpu.Exit = new VmExit { Kind = ExitKind.Halt, NextRip = TestVm.CodeAddress };
        };
        cpu.Activity = CpuActivity.Active;
        _ = _slot.Tasks[0].RunSlice();
    }

    private void Ask(MachineEvents wish)
    {
        _slot.Post(wish);
        _supervisor.StepAll();
        _supervisor.StepAll();
    }

    private double Share() => Show().GetProperty("cpu%").GetDouble();

    private JsonElement Show()
    {
        _records.Begin();
        _meter.Show(_records);
        _records.End();
        return JsonDocument.Parse(_sink.Take()).RootElement;
    }

    /// <summary>Is woken and does nothing.</summary>
    private sealed class TestTask : Schedulable
    {
        public override SliceOutcome RunSlice() => SliceOutcome.Wait;
    }
}
