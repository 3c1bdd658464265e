// SPDX-License-Identifier: MIT
using Hypervisor.Machine;
using Hypervisor.Platform;

namespace Hypervisor.Console;

/// <summary>What the console may ask of the hypervisor and of the machine that it runs on.</summary>
public abstract class HostControls
{
    /// <summary>What has happened to the VMs.</summary>
    public MachineHistory History { get; set; } = new(null);

    /// <summary>The host clock's present.</summary>
    public abstract ulong Now { get; }

    /// <summary>The console looks again when the host clock reaches <paramref name="moment"/>.</summary>
    public abstract void WakeAt(ulong moment);

    /// <summary>Everything that is known of the machine.</summary>
    public abstract void Describe(RecordWriter records);

    /// <summary>The hypervisor's own counters.</summary>
    public abstract void Count(RecordWriter records);

    /// <summary>What its memory is used for.</summary>
    public abstract void CountMemory(RecordWriter records);

    /// <summary>How the hypervisor itself wants the machine to end, since the last call.</summary>
    public abstract PowerRequest TakeAsked();

    /// <summary>Switches the machine off; returns only where that failed.</summary>
    public abstract void PowerOff();

    /// <summary>Starts the machine anew; returns only where that failed.</summary>
    public abstract void Reboot();
}
