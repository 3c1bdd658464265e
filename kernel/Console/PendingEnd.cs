// SPDX-License-Identifier: MIT
namespace Hypervisor.Console;

/// <summary>What is done with the machine once every guest has stopped.</summary>
internal enum PendingEnd
{
    None,
    PowerOff,
    Reboot,
}
