// SPDX-License-Identifier: MIT
using System;
using System.Text.Json;
using Hypervisor.Console;
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Platform.Acpi;
using Hypervisor.Unit.Machine;
using Hypervisor.Unit.Memory;
using Hypervisor.Unit.Platform.Acpi;
using Hypervisor.Virtualization;
using Hypervisor.X64;
using Xunit;

namespace Hypervisor.Unit.Console;

/// <summary>What the console says of a VM's slot.</summary>
[Collection("log")]
public sealed class SlotControlsTests : IDisposable
{
    private const ulong Second = 1_000_000_000;

    private readonly FakeProcessor _hardware = FakeProcessor.Reset();
    private readonly FakeMachines _machines = new() { AreSlowToLeave = true };
    private readonly HostClock _clock = new(Second);
    private readonly GuestConsole _terminal = new();
    private readonly MemorySink _sink = new();
    private readonly Supervisor _supervisor;
    private readonly MachineSlot _slot;
    private readonly SlotControls _controls;

    public SlotControlsTests()
    {
        CurrentProcessor.Owner = new Processor(0, 0, new DeadlineQueue(_clock, new DeadlineTimer(_clock), 4));
        var tables = new AcpiTables(new TestFirmware(), default);
        var power = new PowerControl(tables, new FixedDescription(tables), new TestMachine().Space);
        _machines.Clock = _clock;
        _supervisor = new Supervisor(default, _clock, _machines, power, new TestTask());
        _slot = new MachineSlot(new VmConfig { Name = "web" }, _supervisor, _terminal);
        _controls = new SlotControls(_slot, _terminal, _clock);
        _supervisor.Take([_slot], AllStoppedAction.Monitor);
    }

    public void Dispose() => CurrentProcessor.Owner = null;

    [Fact]
    public void WhatIsDestroyed_HasSaidNothing()
    {
        string never = Stats().ToString();
        Ask(MachineEvents.Start);
        Say(GuestConsole.KeptBytes + 5);
        _slot.AllocationsAfterStart = 3;
        End(MachineEvents.ForceStop);
        Assert.Equal((ulong)GuestConsole.KeptBytes + 5, Stats().GetProperty("output bytes").GetUInt64());
        Assert.Equal(5, Stats().GetProperty("output bytes dropped").GetInt32());
        _ = _terminal.Peek(new byte[1], out long lost);
        Assert.Equal(5, lost);

        Ask(MachineEvents.Destroy);
        Assert.Equal(never, Stats().ToString());

        Say(7);
        Assert.Equal(7, Stats().GetProperty("output bytes").GetInt32());
        Say(GuestConsole.KeptBytes);
        Assert.Equal(7, Stats().GetProperty("output bytes dropped").GetInt32());
        _ = _terminal.Peek(new byte[1], out _);
        Assert.Equal(7, Stats().GetProperty("output bytes dropped").GetInt32());
    }

    [Fact]
    public void AVmThatIsOnlyCreated_WasNotStarted()
    {
        Ask(MachineEvents.Create);
        Assert.Equal("created", Info().GetProperty("state").GetString());
        _hardware.Timestamp += 10 * Second;
        Freeze();
        Assert.Equal("created", Info().GetProperty("state").GetString());
        Assert.Equal(0, Info().GetProperty("starts").GetInt32());
        Assert.Equal(0, Info().GetProperty("uptime").GetInt32());

        Ask(MachineEvents.Start);
        _hardware.Timestamp += Second;
        Assert.Equal("running", Info().GetProperty("state").GetString());
        Assert.Equal(1, Info().GetProperty("starts").GetInt32());
        Assert.InRange(Info().GetProperty("uptime").GetUInt64(), Second, Second + 1000);

        Ask(MachineEvents.Pause);
        Freeze();
        Ask(MachineEvents.Resume);
        Assert.Equal(1, Info().GetProperty("starts").GetInt32());
    }

    [Fact]
    public void Info_HasHowItEnded()
    {
        Ask(MachineEvents.Start);
        Assert.Equal("", Info().GetProperty("ended").GetString());
        End(MachineEvents.ForceStop);
        Assert.Equal("it was switched off", Info().GetProperty("ended").GetString());
        Ask(MachineEvents.Destroy);
        Assert.Equal("", Info().GetProperty("ended").GetString());
    }

    [Fact]
    public void Info_HasWhatItMayHaveOfTheProcessors()
    {
        const string Found = "\"weight\":100,\"cap\":100,\"reserve\":0,\"pin\":[],\"exclusive\":false";
        Assert.Contains(Found, Info().ToString());

        var config = new VmConfig
        {
            Cpus = 2,
            Weight = 300,
            Cap = 150,
            Reserve = 20,
            Pin = [3, 1],
            IsExclusive = true,
        };
        var slot = new MachineSlot(config, _supervisor, _terminal);
        var controls = new SlotControls(slot, _terminal, _clock);
        const string Other = "\"weight\":300,\"cap\":150,\"reserve\":20,\"pin\":[3,1],\"exclusive\":true";
        Assert.Contains(Other, Info(controls).ToString());
        controls.Describe(new RecordWriter(new ConsoleWriter(_sink)));
        string[] lines = ["weight 300", "cap 150", "reserve 20", "pin 3, 1", "exclusive yes"];
        string text = string.Join('\n', _sink.TakeScreen());
        foreach (string line in lines)
        {
            int end = line.IndexOf(' ');
            Assert.Contains($"\n  {line[..end],-22} {line[(end + 1)..]}\n", text);
        }
    }

    private JsonElement Info(SlotControls? controls = null)
    {
        RecordWriter records = Begin();
        (controls ?? _controls).Describe(records);
        return End(records);
    }

    private JsonElement Stats()
    {
        RecordWriter records = Begin();
        _controls.Count(records);
        return End(records);
    }

    private RecordWriter Begin()
    {
        var records = new RecordWriter(new ConsoleWriter(_sink)) { Layout = RecordLayout.Json };
        records.Begin();
        return records;
    }

    private JsonElement End(RecordWriter records)
    {
        records.End();
        return JsonDocument.Parse(_sink.Take()).RootElement;
    }

    private void Say(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _terminal.Write((byte)'x');
        }
    }

    private void Ask(MachineEvents wish)
    {
        _slot.Post(wish);
        _supervisor.StepAll();
        _supervisor.StepAll();
    }

    /// <summary>A pause that was asked for has its vCPU come to rest.</summary>
    private void Freeze()
    {
        _ = _slot.Machine!.Serve(0);
        _supervisor.StepAll();
    }

    private void End(MachineEvents wish)
    {
        Ask(wish);
        FakeMachines.Leave(_slot);
        _supervisor.StepAll();
    }

    /// <summary>Is woken and does nothing.</summary>
    private sealed class TestTask : Schedulable
    {
        public override SliceOutcome RunSlice() => SliceOutcome.Wait;
    }
}
