// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Threading;
using Hypervisor.Memory;
using Hypervisor.Runtime;
using Hypervisor.X64;

namespace Hypervisor.Platform;

/// <summary>
/// Starts the processors that are not the boot processor, one after the other, each up to where it waits for the
/// scheduler (INIT and start-up IPIs: SDM volume 3, 8.4.4.1; APM volume 2, 16.5). One that does not come, or whose
/// clock disagrees with the others', is left out.
/// </summary>
public sealed class ProcessorStarter
{
    private const ulong StackSize = 32 * 1024;
    private const ulong Millisecond = 1_000_000;
    private const ulong ResetTime = 10 * Millisecond;
    private const ulong StartupPatience = 10 * Millisecond;
    private const ulong ArrivalPatience = 1000 * Millisecond;
    private const int ClockRounds = 8;

    /// <summary>Whether the processor that is being started takes part: the first to say so decides.</summary>
    private const int Unclaimed = 0;
    private const int Entered = 1;
    private const int GivenUp = 2;

    private static ProcessorStarter? s_current;

    private readonly HostMemory _memory;
    private readonly Board _board;
    private readonly TrapTables _tables;
    private readonly ProcessorShootdown _shootdown;
    private TrapTables? _nextTables;
    private Processor? _arrived;
    private ProcessorEntry? _entry;
    private int _claim;
    private int _toldStep;
    private int _doneStep;
    private bool _isReleased;
    private ulong _clock;
    private int _clockTurn;
    private bool _clocksDisagree;

    /// <summary><paramref name="tables"/> are the boot processor's.</summary>
    public ProcessorStarter(HostMemory memory, Board board, TrapTables tables)
    {
        _memory = memory;
        _board = board;
        _tables = tables;
        _shootdown = new ProcessorShootdown(board.Processors);
        s_current = this;
    }

    /// <summary>
    /// Starts all that the firmware names at <paramref name="page"/>, a free page below 1 MiB; the image lies at
    /// <paramref name="image"/>.
    /// </summary>
    public void StartAll(HostPhysical page, HostPhysical image)
    {
        StartContext.WriteTrampoline(page, image);
        foreach (uint apicId in _board.Topology.Processors)
        {
            if (apicId != _board.BootProcessor.ApicId)
            {
                Start(apicId, (byte)(page.Value / FrameAllocator.FrameSize));
            }
        }
    }

    /// <summary>Has every processor make itself ready for guests, one after the other.</summary>
    public void PrepareAll(ProcessorEntry entry)
    {
        _entry = entry;
        foreach (Processor processor in _board.Processors.Running)
        {
            if (processor != _board.BootProcessor)
            {
                Tell(processor.Index);
            }
        }
    }

    /// <summary>Boot is over: all of them schedule.</summary>
    public void Release()
    {
        Volatile.Write(ref _isReleased, true);
        if (_board.Processors.Count > 1)
        {
            _board.Watchdog.RelayThrough(_board.Apic);
        }
    }

    [RuntimeExport("HvProcessorMain")]
    private static void Main() => s_current!.Enter();

    private void Start(uint apicId, byte page)
    {
        if (!_board.Apic.CanReach(apicId))
        {
            // Nothing is sent to it: what is left of its number would be another processor's.
            Log.Warning($"processor with APIC id {apicId} is left out: its number needs x2APIC mode");
            return;
        }

        string? obstacle = TryStart(apicId, page);
        if (obstacle != null)
        {
            // Back to where it waits for a start: what it was given may be given to the next.
            _board.Apic.SendInit(apicId);
            Log.Warning($"processor with APIC id {apicId} is left out: {obstacle}");
        }
    }

    /// <summary>Null where it runs, else the reason why it is left out.</summary>
    private string? TryStart(uint apicId, byte page)
    {
        _nextTables = _tables.TryCreateAnother(_memory.Stacks);
        if (_nextTables == null
            || !StartContext.TryCreate(_memory.Frames, _memory.BootRegion, out StartContext context)
            || !_memory.Stacks.TryCreate(StackSize, out HostVirtual top))
        {
            return "no memory is left for its stacks";
        }

        context.UseNext(_memory.Space.Root, top);
        _arrived = null;
        _clocksDisagree = false;
        Volatile.Write(ref _clockTurn, 0);
        Volatile.Write(ref _claim, Unclaimed);
        SendStart(apicId, page);
        if (!WaitForArrival())
        {
            return "it does not start";
        }

        CompareClocks(0);
        if (_clocksDisagree)
        {
            return "its timestamp counter disagrees with the boot processor's";
        }

        _board.Processors.Add(_arrived!);
        context.Join(_shootdown);
        return null;
    }

    private void SendStart(uint apicId, byte page)
    {
        _board.Apic.SendInit(apicId);
        Wait(ResetTime);
        _board.Apic.SendStartup(apicId, page);
        ulong deadline = _board.Clock.Now + StartupPatience;
        while (Volatile.Read(ref _claim) == Unclaimed && _board.Clock.Now < deadline)
        {
            CurrentProcessor.Relax();
        }

        if (Volatile.Read(ref _claim) == Unclaimed)
        {
            _board.Apic.SendStartup(apicId, page);
        }
    }

    /// <summary>
    /// False where it has not entered in time and never will: one that has entered may hold a lock, so it is waited for
    /// without an end.
    /// </summary>
    private bool WaitForArrival()
    {
        ulong deadline = _board.Clock.Now + ArrivalPatience;
        while (Volatile.Read(ref _claim) == Unclaimed && _board.Clock.Now < deadline)
        {
            CurrentProcessor.Relax();
        }

        if (Interlocked.CompareExchange(ref _claim, GivenUp, Unclaimed) == Unclaimed)
        {
            return false;
        }

        while (Volatile.Read(ref _arrived) == null)
        {
            CurrentProcessor.Relax();
        }

        return true;
    }

    private void Wait(ulong nanoseconds)
    {
        ulong deadline = _board.Clock.Now + nanoseconds;
        while (_board.Clock.Now < deadline)
        {
            CurrentProcessor.Relax();
        }
    }

    /// <summary>The processor's turn to prepare itself; returns when it has.</summary>
    private void Tell(int index)
    {
        Volatile.Write(ref _toldStep, index);
        while (Volatile.Read(ref _doneStep) != index)
        {
            CurrentProcessor.Relax();
        }
    }

    /// <summary>The life of a processor from its first line of C# on.</summary>
    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _claim, Entered, Unclaimed) != Unclaimed)
        {
            Panic.Park();
        }

        TrapTables tables = _nextTables!;
        tables.Load();
        _board.Apic.Enable();
        Processor processor = _board.CreateProcessor(_board.Processors.Count, tables.Descriptors);
        CurrentProcessor.Owner = processor;
        Volatile.Write(ref _arrived, processor);
        CompareClocks(1);
        while (Volatile.Read(ref _toldStep) != processor.Index)
        {
            CurrentProcessor.Relax();
        }

        _entry!.Prepare(processor);
        _memory.BootRegion.GiveBack(CurrentProcessor.AllocationNext, CurrentProcessor.AllocationLimit);
        CurrentProcessor.SetAllocation(0, 0);
        Volatile.Write(ref _doneStep, processor.Index);
        while (!Volatile.Read(ref _isReleased))
        {
            CurrentProcessor.Relax();
        }

        _entry.Run(processor);
    }

    /// <summary>
    /// The boot processor (0) and the new one (1) read their counters in turns: neither may see what is earlier than
    /// what the other has seen before. CPUID holds the reading back until it is the processor's turn.
    /// </summary>
    private void CompareClocks(int side)
    {
        for (int round = 0; round < ClockRounds; round++)
        {
            while (Volatile.Read(ref _clockTurn) != side)
            {
                CurrentProcessor.Relax();
            }

            _ = Instructions.Cpuid(0);
            ulong now = Instructions.ReadTimestamp();
            _clocksDisagree |= round + side > 0 && now < _clock;
            _clock = now;
            Volatile.Write(ref _clockTurn, 1 - side);
        }

        // The boot processor decides when the last word has been said.
        while (side == 0 && Volatile.Read(ref _clockTurn) != 0)
        {
            CurrentProcessor.Relax();
        }
    }
}
