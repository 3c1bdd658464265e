// SPDX-License-Identifier: MIT
using Hypervisor.Machine;
using Hypervisor.Machine.Config;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Runtime;
using Hypervisor.Virtualization;

namespace Hypervisor.Console;

/// <summary>One slot of the machine, as the console sees it.</summary>
public sealed class SlotControls : GuestControls
{
    private readonly MachineSlot _slot;
    private readonly HostClock _clock;
    private readonly MachineCounters _counters = new();
    private readonly LoadMeter _load;

    public SlotControls(MachineSlot slot, GuestConsole terminal, HostClock clock)
    {
        _slot = slot;
        Terminal = terminal;
        _clock = clock;
        _load = new LoadMeter(slot, clock);
    }

    public override string Name => _slot.Config.Name;

    public override GuestConsole Terminal { get; }

    public override bool IsRunning => _slot.State == MachineState.Running;

    public override bool IsPaused => IsRunning && _slot.IsPaused;

    public override bool IsStopping => _slot.IsStopping;

    public override bool IsAtRest => _slot.IsAtRest;

    /// <summary>One that could not be built has never started, and yet it has ended.</summary>
    public override bool IsOver => IsAtRest && (_slot.Starts != 0 || _slot.Ending != MachineEvents.None);

    public override string State
    {
        get
        {
            switch (_slot.State)
            {
                case MachineState.Stopped:
                    return _slot.IsRestarting
                        ? (_slot.Starts == 0 ? "starts soon" : "restarts soon")
                        : _slot.Ending == MachineEvents.Crashed ? "crashed" : "stopped";
                case MachineState.Building:
                    return "starting";
                case MachineState.Running:
                    return IsStopping ? "stopping" : _slot.IsNew ? "created" : IsPaused ? "paused" : "running";
                default:
                    return "stopping";
            }
        }
    }

    public override void Start() => _slot.Post(MachineEvents.Start);

    public override void Stop() => _slot.Post(MachineEvents.Stop);

    public override void ForceStop() => _slot.Post(MachineEvents.ForceStop);

    public override void Restart() => _slot.Post(MachineEvents.Restart);

    public override void Create() => _slot.Post(MachineEvents.Create);

    public override void Destroy() => _slot.Post(MachineEvents.Destroy);

    public override void Pause() => _slot.Post(MachineEvents.Pause);

    public override void Resume() => _slot.Post(MachineEvents.Resume);

    public override void InputArrived() => _slot.PostWork(MachineWork.ConsoleInput);

    public override void Summarize(RecordWriter records)
    {
        records.Name(Name, 20);
        records.Text("state", State, 14);
        records.Number("cpus", (ulong)_slot.Config.Cpus, 5);
        records.Size("memory", _slot.Config.Memory, 10);
        records.Number("starts", _slot.Starts, 7);
        records.Number("crashes", _slot.Crashes, 8);
    }

    public override void Describe(RecordWriter records)
    {
        Summarize(records);
        records.Text("kernel", _slot.Config.Kernel);
        records.Text("initrd", _slot.Config.Initrd ?? "-");
        records.Text("cmdline", _slot.Config.CommandLine);
        DescribeShare(records);
        records.Number("timestamp frequency", TimestampFrequency);
        records.Duration("uptime", IsRunning && !_slot.IsNew ? _clock.Now - _slot.StartedAt : 0);
        records.Text("ended", Supervisor.NameOf(_slot.Ending));
        DescribeCrash(records);
    }

    public override void Count(RecordWriter records)
    {
        records.Text("name", Name);
        if (IsRunning && _counters.TryTake(_slot))
        {
            CountExits(records);
            records.Number("port misses", _counters.PortMisses);
            records.Number("memory misses", _counters.MemoryMisses);
            CountRun(records);
        }

        records.Number("output bytes", (ulong)Terminal.Remembered);
        records.Number("output bytes dropped", (ulong)Terminal.Dropped);
        VmWindow? window = _slot.Window;
        records.Size("region", window?.Region.BytesMapped ?? 0);
        records.Number("allocations after start",
            (ulong)(_slot.AllocationsAfterStart + (window?.Region.AllocationsAfterSeal ?? 0)));
    }

    public override void Measure() => _load.Measure();

    public override void ShowLoad(RecordWriter records)
    {
        records.Name(Name, 9);
        records.Text("state", State, 9);
        _load.Show(records);
        records.Size("memory", IsRunning ? _slot.Config.Memory : 0, 8);
        records.Number("faults", _slot.Crashes);
    }

    private ulong TimestampFrequency =>
        _slot.Config.TimestampKilohertz == 0 ? _clock.Frequency : (ulong)_slot.Config.TimestampKilohertz * 1000;

    private void CountExits(RecordWriter records)
    {
        records.Number("exits", _counters.Exits);
        for (int kind = 0; kind < ExitNames.Count; kind++)
        {
            ulong count = _counters.Of((ExitKind)kind);
            if (count != 0)
            {
                records.Number(ExitNames.Of((ExitKind)kind), count);
            }
        }

        records.Number("events injected", _counters.Injected);
    }

    private void CountRun(RecordWriter records)
    {
        records.Number("slices", _counters.Run.Slices);
        records.Duration("ran", _clock.ToNanoseconds(_counters.Ticks));
        records.Duration("waited", _counters.Run.WaitNanoseconds);
        records.Number("longest wait, us", _counters.Run.LongestWait / 1000);
        records.Number("moves to other processors", _counters.Run.Migrations);
    }

    /// <summary>In the words of the configuration; without a cap it is all of its processors.</summary>
    private void DescribeShare(RecordWriter records)
    {
        VmConfig config = _slot.Config;
        records.Number("weight", (ulong)config.Weight);
        records.Number("cap", (ulong)(config.Cap == 0 ? 100 * config.Cpus : config.Cap));
        records.Number("reserve", (ulong)config.Reserve);
        records.Numbers("pin", config.Pin);
        records.Boolean("exclusive", config.IsExclusive);
    }

    private void DescribeCrash(RecordWriter records)
    {
        FaultReport report = _slot.Report;
        if (report.Kind != FaultKind.None)
        {
            records.Text("last crash", FaultNames.Of(report.Kind));
            records.Number("guest rip", report.GuestRip);
        }
        else if (report.Reason is { } reason)
        {
            records.Text("last crash", reason);
            records.Text("about", report.Subject);
            records.Number("guest rip", report.GuestRip);
        }
    }
}
