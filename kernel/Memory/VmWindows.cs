// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The windows of all VM slots; which slots are taken.</summary>
public sealed class VmWindows
{
    private readonly SharedLock _lock = new(LockRank.Windows, "VM windows");
    private readonly VmWindow[] _windows = new VmWindow[KernelLayout.WindowCount];

    public VmWindows(AddressSpace space, FrameAllocator frames)
    {
        for (int slot = 0; slot < _windows.Length; slot++)
        {
            _windows[slot] = new VmWindow(slot, space, frames);
        }
    }

    /// <summary>The window of a slot, 0..63, taken or not.</summary>
    public VmWindow this[int slot] => _windows[slot];

    /// <summary>How many are taken.</summary>
    public int Taken
    {
        get
        {
            int taken = 0;
            foreach (VmWindow window in _windows)
            {
                taken += window.IsTaken ? 1 : 0;
            }

            return taken;
        }
    }

    /// <summary>
    /// Takes the lowest free slot for a new VM; false where all are taken. <see cref="VmWindow.Destroy"/> frees it.
    /// </summary>
    public bool TryTake(out VmWindow window)
    {
        _lock.Acquire();
        int slot = 0;
        while (slot < _windows.Length && _windows[slot].IsTaken)
        {
            slot++;
        }

        bool found = slot < _windows.Length;
        window = _windows[found ? slot : 0];
        if (found)
        {
            window.IsTaken = true;
        }

        _lock.Release();
        if (found)
        {
            window.Life.Begin();
        }

        return found;
    }
}
