// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Memory;

namespace Hypervisor.Platform;

/// <summary>Kicks every other processor that runs, so that it forgets translations.</summary>
internal sealed class ProcessorShootdown : TlbShootdown
{
    private readonly ProcessorList _processors;

    public ProcessorShootdown(ProcessorList processors)
    {
        _processors = processors;
    }

    public override void InterruptOthers()
    {
        foreach (Processor processor in _processors.Running)
        {
            processor.Kick();
        }
    }
}
