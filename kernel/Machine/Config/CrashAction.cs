// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.Config;

/// <summary>What happens to a guest that a fault has stopped.</summary>
public enum CrashAction
{
    /// <summary>It stays stopped, with its report.</summary>
    Stop,

    /// <summary>It starts again, after a pause that grows with each crash.</summary>
    Restart,
}
