// SPDX-License-Identifier: MIT
using System.Threading;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// Finds code that does not come back. It is asked at every NMI of <see cref="WatchdogTimer"/>: a processor that has
/// made no progress (no exit, no slice) over so many of them, inside a fault boundary or with a shared lock held, is
/// stuck. NMIs are counted, not time: a processor that an emulator holds up gets none. Interrupt handlers are watched
/// apart, for they go on coming over code that is stuck, and are not to be stopped in its place. Who waits for another
/// processor (<see cref="CurrentProcessor.IsWaiting"/>) gets far more time: whoever holds it up is found first, and is
/// who the report names. A host task that an interrupt can take the processor from holds nobody up, however long it
/// works.
/// </summary>
public sealed class Watchdog : WatchdogHook
{
    /// <summary>NMIs without progress: three and a half seconds at 18.2 a second.</summary>
    public const int Limit = 64;

    /// <summary>
    /// So many more NMIs until code that cannot be left counts as lost: it may only have taken a lock for a moment.
    /// </summary>
    public const int Grace = 16;

    /// <summary>
    /// NMIs in a row that meet interrupts and see no other progress: a line that nobody quiets keeps the processor.
    /// </summary>
    public const int StormLimit = 4 * Limit;

    /// <summary>
    /// NMIs that a wait for another processor may take, half a minute: one that the emulator holds up comes back, and
    /// one that is stuck is found by then.
    /// </summary>
    public const int WaitLimit = 8 * Limit;

    private const int MaximumProcessors = 256;

    private readonly ProgressWatch[] _work = new ProgressWatch[MaximumProcessors];
    private readonly ProgressWatch[] _interrupts = new ProgressWatch[MaximumProcessors];
    private readonly ProgressWatch[] _storms = new ProgressWatch[MaximumProcessors];

    private LocalApic? _relay;
    private ulong _found;

    /// <summary>NMIs of the timer so far: whether it works.</summary>
    public ulong Beats { get; private set; }

    /// <summary>How often stuck code was left.</summary>
    public ulong Found => Volatile.Read(ref _found);

    /// <summary>
    /// The timer's NMI reaches the boot processor alone, which passes it on; set once, when others run.
    /// </summary>
    public void RelayThrough(LocalApic apic) => _relay = apic;

    public override StuckVerdict Judge(bool interruptsAreOn)
    {
        if (CurrentProcessor.Owner is not Processor processor)
        {
            Beats++;
            return StuckVerdict.Fine;
        }

        if (processor.Index == 0)
        {
            Beats++;
            _relay?.SendNmiToOthers();
        }

        bool isWaiting = CurrentProcessor.IsWaiting;
        ref ProgressWatch interrupts = ref _interrupts[processor.Index];
        if (CurrentProcessor.IsInInterrupt)
        {
            StuckVerdict handler = interrupts.Look(processor.Interrupts, isWaiting, Limit);
            StuckVerdict storm = _storms[processor.Index].Look(processor.Progress, isWaiting, StormLimit);
            return handler > storm ? handler : storm;
        }

        interrupts.Restart();
        _storms[processor.Index].Restart();
        ref ProgressWatch work = ref _work[processor.Index];
        bool isPreemptible = processor.Task != null && interruptsAreOn && CurrentProcessor.CanBePreempted;
        if (!isPreemptible && (CurrentProcessor.IsContained || CurrentProcessor.SharedLocksHeld != 0))
        {
            return work.Look(processor.Progress, isWaiting, Limit);
        }

        work.Restart();
        return StuckVerdict.Fine;
    }

    public override void Left()
    {
        _ = Interlocked.Increment(ref _found);
        if (CurrentProcessor.Owner is Processor processor)
        {
            _work[processor.Index].Restart();
            _interrupts[processor.Index].Restart();
            _storms[processor.Index].Restart();
        }
    }
}
