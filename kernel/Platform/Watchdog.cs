// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>
/// Finds code that does not come back. It is asked at every NMI of <see cref="WatchdogTimer"/>: a processor that has
/// made no progress (no exit, no slice) over so many of them, inside a fault boundary or with a shared lock held, is
/// stuck. NMIs are counted, not time: a processor that an emulator holds up gets none.
/// </summary>
public sealed class Watchdog : WatchdogHook
{
    /// <summary>NMIs without progress: three and a half seconds at 18.2 a second.</summary>
    public const int Limit = 64;

    private const int MaximumProcessors = 256;

    private readonly ulong[] _progress = new ulong[MaximumProcessors];
    private readonly int[] _strikes = new int[MaximumProcessors];

    /// <summary>NMIs so far, on all processors: whether the timer works.</summary>
    public ulong Beats { get; private set; }

    /// <summary>How often code was found stuck.</summary>
    public ulong Found { get; private set; }

    public override bool IsStuck()
    {
        Beats++;
        if (CurrentProcessor.Owner is not Processor processor)
        {
            return false;
        }

        int index = processor.Index;
        bool mayBeStuck = CurrentProcessor.IsContained || CurrentProcessor.SharedLocksHeld != 0;
        if (!mayBeStuck || processor.Progress != _progress[index])
        {
            _progress[index] = processor.Progress;
            _strikes[index] = 0;
            return false;
        }

        _strikes[index]++;
        if (_strikes[index] < Limit)
        {
            return false;
        }

        _strikes[index] = 0;
        Found++;
        return true;
    }
}
