// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;
using Hypervisor.Platform.Acpi;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// The real machine around the processors, found out and made ready at boot: the firmware's tables, interrupt
/// controllers, time and power.
/// </summary>
public sealed class Board
{
    /// <summary>
    /// Alarms that may be armed on a processor at once: every vCPU has one (64 VMs of 64), every VM and task too.
    /// </summary>
    private const int AlarmsPerProcessor = (64 * 64) + 128;

    private readonly bool _usesDeadline;

    /// <summary>
    /// Runs on the boot processor, interrupts off. <paramref name="rootPointer"/> is the loader's copy of the RSDP,
    /// <paramref name="descriptors"/> what the boot processor has loaded.
    /// </summary>
    public Board(
        HostMemory memory, ProcessorFeatures features, ReadOnlySpan<byte> rootPointer, DescriptorTables descriptors)
    {
        Features = features;
        Tables = new AcpiTables(new MappedFirmware(memory.Space, features.PhysicalAddressBits), rootPointer);
        Description = new FixedDescription(Tables);
        Topology = new InterruptTopology(Tables);
        Power = new PowerControl(Tables, Description, memory.Space);
        Router = new InterruptRouter(memory.Space, Topology);
        Apic = LocalApic.Create(features, memory.Space, Topology.LocalApicAddress);
        Apic.Enable();
        InterruptVectors.SetAcknowledge(Apic);

        Calibration rates = Calibration.Measure(ChooseReference(), Apic);
        Clock = new HostClock(rates.TimestampFrequency);
        ApicFrequency = rates.ApicFrequency;
        _usesDeadline = features.HasTimestampDeadline;
        InterruptVectors.SetFixed(LocalApic.TimerVector, Timer);
        InterruptVectors.SetFixed(LocalApic.ErrorVector, new ApicErrorInterrupt(Apic));
        InterruptVectors.SetFixed(LocalApic.KickVector, new KickInterrupt());
        InterruptVectors.SetFixed(LocalApic.NotificationVector, new KickInterrupt());
        BootProcessor = CreateProcessor(0, descriptors);
        Processors = new ProcessorList(Math.Max(1, Topology.ProcessorCount), BootProcessor);
        CurrentProcessor.Owner = BootProcessor;
        Processor.KickThrough(Apic);
        Traps.SetWatchdog(Watchdog);
        HasWatchdog = WatchdogTimer.TryStart(Router, BootProcessor.ApicId);
    }

    /// <summary>The boot processor's.</summary>
    public ProcessorFeatures Features { get; }

    public AcpiTables Tables { get; }

    public FixedDescription Description { get; }

    public InterruptTopology Topology { get; }

    public PowerControl Power { get; }

    public InterruptRouter Router { get; }

    public LocalApic Apic { get; }

    public HostClock Clock { get; }

    /// <summary>The rate of the local APICs' timers in Hz, as measured.</summary>
    public ulong ApicFrequency { get; }

    /// <summary>What the clocks were measured against: "PM timer" or "PIT".</summary>
    public string ReferenceName { get; private set; } = "PIT";

    /// <summary>How the timers of the processors are driven.</summary>
    public string TimerName => _usesDeadline ? "TSC deadline" : "one-shot";

    /// <summary>The interrupt of the processors' timers.</summary>
    public TimerInterrupt Timer { get; } = new();

    public Processor BootProcessor { get; }

    /// <summary>All that run.</summary>
    public ProcessorList Processors { get; }

    public Watchdog Watchdog { get; } = new();

    /// <summary>
    /// True where the watchdog's timer could be started; <see cref="Watchdog.Beats"/> says whether it beats.
    /// </summary>
    public bool HasWatchdog { get; }

    /// <summary>Makes the calling processor's object and starts its timer; its APIC is enabled already.</summary>
    public Processor CreateProcessor(int index, DescriptorTables descriptors)
    {
        TimerHardware hardware;
        if (_usesDeadline)
        {
            Apic.UseDeadlineTimer();
            hardware = new DeadlineTimer(Clock);
        }
        else
        {
            Apic.UseOneShotTimer();
            hardware = new CountdownTimer(Apic, Clock, ApicFrequency);
        }

        var deadlines = new DeadlineQueue(Clock, hardware, AlarmsPerProcessor);
        return new Processor(index, Apic.Id, deadlines) { Descriptors = descriptors };
    }

    private ReferenceTimer ChooseReference()
    {
        if (Description.PowerTimer.IsPort)
        {
            var timer = new PowerTimer(Description.PowerTimer.Port);
            if (timer.IsAlive())
            {
                ReferenceName = "PM timer";
                return timer;
            }
        }

        return new IntervalTimer();
    }
}
