// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What the host does when its last guest has stopped.</summary>
public enum AllStoppedAction
{
    /// <summary>Waits for commands.</summary>
    Monitor,

    /// <summary>Switches the machine off.</summary>
    PowerOff,

    /// <summary>Resets the machine.</summary>
    Reboot,
}
