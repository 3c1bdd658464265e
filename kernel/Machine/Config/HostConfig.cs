// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>The <c>[host]</c> section: what concerns the whole machine.</summary>
public sealed class HostConfig
{
    /// <summary>The serial port that carries the console.</summary>
    public HostConsole Console = HostConsole.Com1;

    /// <summary>What happens when the last guest has stopped.</summary>
    public AllStoppedAction OnAllStopped = AllStoppedAction.Monitor;

    /// <summary>The name of the guest that the console shows first; empty for the monitor, or the only guest.</summary>
    public string Attach = "";

    /// <summary>Different guests may run on the threads of one core at the same time.</summary>
    public bool ShareCores;
}
