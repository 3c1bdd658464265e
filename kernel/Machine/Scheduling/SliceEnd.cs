// SPDX-License-Identifier: MIT
using Hypervisor.Platform;

namespace Hypervisor.Machine.Scheduling;

/// <summary>The end of the running slice: tells the processor to look for something else to run.</summary>
internal sealed class SliceEnd : Alarm
{
    private readonly Processor _processor;

    public SliceEnd(Processor processor)
    {
        _processor = processor;
    }

    public override void Fire(ulong now) => _processor.NeedsReschedule = true;
}
