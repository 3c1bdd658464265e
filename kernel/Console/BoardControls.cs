// SPDX-License-Identifier: MIT
using Hypervisor.Machine.Scheduling;
using Hypervisor.Memory;
using Hypervisor.Platform;
using Hypervisor.Virtualization;

namespace Hypervisor.Console;

/// <summary>The real machine and the hypervisor on it, as the console sees them.</summary>
public sealed class BoardControls : HostControls
{
    private readonly Board _board;
    private readonly HostMemory _memory;
    private readonly VirtualizationVendor _vendor;
    private readonly string? _obstacle;
    private readonly Schedulers _schedulers;
    private readonly ConsoleAlarm _alarm = new();

    /// <summary>
    /// <paramref name="obstacle"/> is why the vendor's virtualization could not be switched on; null where it is.
    /// </summary>
    public BoardControls(
        Board board, HostMemory memory, VirtualizationVendor vendor, string? obstacle, Schedulers schedulers)
    {
        _board = board;
        _memory = memory;
        _vendor = vendor;
        _obstacle = obstacle;
        _schedulers = schedulers;
    }

    /// <summary>The hypervisor's.</summary>
    public string Version { get; init; } = "";

    /// <summary>Bytes that the firmware names as usable memory.</summary>
    public ulong RamBytes { get; init; }

    /// <summary>The console's task.</summary>
    public Schedulable? Console
    {
        get => _alarm.Task;
        set => _alarm.Task = value;
    }

    /// <summary>The console's serial port.</summary>
    public CharacterDevice? Port { get; set; }

    public override ulong Now => _board.Clock.Now;

    public override void WakeAt(ulong moment) => Processor.Current.Deadlines.Arm(_alarm, moment);

    public override void Describe(RecordWriter records)
    {
        records.Text("version", Version);
        records.Text("processor", _board.Features.Brand);
        records.Number("processors", (ulong)_schedulers.Count);
        records.Size("memory", RamBytes);
        records.Text("virtualization", _obstacle ?? _vendor.Name);
        foreach (VirtualizationFeature feature in _vendor.Features)
        {
            records.Text(feature.Name, feature.IsUsed ? "used" : "there, not used");
        }

        records.Number("timestamp frequency", _board.Clock.Frequency);
        records.Text("measured against", _board.ReferenceName);
        records.Text("timer", _board.TimerName);
        records.Number("apic frequency", _board.ApicFrequency);
        records.Duration("uptime", _board.Clock.Now);
    }

    public override void Count(RecordWriter records)
    {
        records.Number("processors", (ulong)_schedulers.Count);
        records.Number("slices", _schedulers.Slices);
        records.Number("halts", _schedulers.Halts);
        records.Number("timer interrupts", TimerInterrupts());
        records.Number("faults contained", Traps.Contained);
        records.Number("serial driver's faults", Port?.Faults ?? 0);
        records.Number("serial driver's resets", Port?.Resets ?? 0);
        records.Number("VMs built", (ulong)_memory.Windows.Taken);
        records.Number("free blocks of 2 MiB", (ulong)_memory.Frames.FreeBlocks);
        records.Number("host allocations after boot", (ulong)_memory.BootRegion.AllocationsAfterSeal);
    }

    public override void CountMemory(RecordWriter records)
    {
        CountFrames(records, "free", FrameKind.Free);
        records.Size("zeroed", (ulong)_memory.Frames.ZeroedBlocks * FrameAllocator.BlockSize);
        CountFrames(records, "hypervisor", FrameKind.Kernel);
        CountFrames(records, "modules", FrameKind.Module);
        CountFrames(records, "guest RAM", FrameKind.GuestRam);
        CountFrames(records, "regions of VMs", FrameKind.Region);
        CountFrames(records, "nested tables", FrameKind.NestedTable);
        CountFrames(records, "quarantined", FrameKind.Quarantined);
        records.Size("boot region", _memory.BootRegion.BytesUsed);
    }

    public override PowerRequest TakeAsked() => _board.Power.TakeAsked();

    public override void PowerOff() => _board.Power.PowerOff();

    public override void Reboot() => _board.Power.Reset();

    /// <summary>Of all processors.</summary>
    private ulong TimerInterrupts()
    {
        ulong interrupts = 0;
        foreach (Processor processor in _board.Processors.Running)
        {
            interrupts += processor.Deadlines.Interrupts;
        }

        return interrupts;
    }

    private void CountFrames(RecordWriter records, string name, FrameKind kind) =>
        records.Size(name, (ulong)_memory.Frames.Count(kind) * FrameAllocator.FrameSize);
}
