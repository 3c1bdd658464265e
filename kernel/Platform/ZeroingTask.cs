// SPDX-License-Identifier: MIT
using Hypervisor.Memory;
using Hypervisor.Runtime;

namespace Hypervisor.Platform;

/// <summary>
/// Keeps a stock of zeroed 2 MiB blocks, so that a VM's start need not wait for zeroing. Runs when it is woken (after a
/// VM was started or destroyed), last of all, and may be preempted at any moment.
/// </summary>
public sealed class ZeroingTask : HostTask
{
    private const int Step = 64 * 1024;

    private readonly FrameAllocator _frames;
    private readonly int _stock;
    private HostPhysical _block;
    private bool _hasBlock;

    /// <summary>A task that keeps <paramref name="stock"/> blocks.</summary>
    public ZeroingTask(FrameAllocator frames, HostVirtual stackTop, int stock)
        : base("zeroing", stackTop)
    {
        _frames = frames;
        _stock = stock;

        // Nothing waits for it: it takes turns with the vCPUs.
        IsUrgent = false;
    }

    protected override void Run()
    {
        while (true)
        {
            while (_frames.ZeroedBlocks < _stock && _frames.TryBeginZeroing(out _block))
            {
                _hasBlock = true;
                Zero(_block);
                _hasBlock = false;
                _frames.EndZeroing(_block);
                FaultInjector.Pass(FaultSite.Zeroing);
                Yield();
            }

            WaitForWake();
        }
    }

    /// <summary>The block at hand is what faulted: it is not used again.</summary>
    protected override void OnFault(FaultKind kind)
    {
        if (_hasBlock)
        {
            _hasBlock = false;
            _frames.AbandonZeroing(_block);
        }
    }

    private static void Zero(HostPhysical block)
    {
        for (ulong offset = 0; offset < FrameAllocator.BlockSize; offset += Step)
        {
            DirectMap.Clear(block.Add(offset), Step);
        }
    }
}
