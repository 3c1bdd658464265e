// SPDX-License-Identifier: MIT
using Hypervisor.Memory;

namespace Hypervisor.Devices.Bus;

/// <summary>
/// Something that pretends to be hardware. The bus checks that an access lies whole inside the device's range, takes
/// <see cref="Lock"/> around the call and passes the offset from the start of the range.
/// </summary>
public abstract class Device
{
    /// <summary>The device's name in reports, logs and conflicts.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Held by the bus around every access, and by the device's timers: one VM's, never waited for by another.
    /// </summary>
    public VmLock Lock { get; } = new();

    /// <summary>
    /// False for a device whose accesses are single loads and stores that need no order: the bus spares it the lock.
    /// </summary>
    public virtual bool NeedsLock => true;

    /// <summary>
    /// <see cref="Read"/> under the lock: what the bus calls where the device needs it. A device answers here itself,
    /// without the lock, for a register that guests poll and whose reading is a single load that changes nothing.
    /// </summary>
    public virtual ulong ReadLocked(ulong offset, int size)
    {
        VmLock guard = Lock;
        guard.Acquire();
        ulong value = Read(offset, size);
        guard.Release();
        return value;
    }

    /// <summary>
    /// Reads <paramref name="size"/> bytes (1, 2, 4 or 8) at <paramref name="offset"/>, zero-extended.
    /// </summary>
    public abstract ulong Read(ulong offset, int size);

    /// <summary>Writes the low <paramref name="size"/> bytes (1, 2, 4 or 8) of <paramref name="value"/>.</summary>
    public abstract void Write(ulong offset, int size, ulong value);

    /// <summary>Back to the state after power-on; wires are de-asserted, timers are cancelled.</summary>
    public abstract void Reset();
}
