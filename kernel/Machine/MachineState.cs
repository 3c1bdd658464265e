// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine;

/// <summary>Where a VM of the configuration stands. A VM that dies goes through the last four in their order.</summary>
public enum MachineState
{
    /// <summary>It has no memory and no vCPUs.</summary>
    Stopped,

    /// <summary>A host task builds it.</summary>
    Building,

    /// <summary>Its vCPUs are scheduled.</summary>
    Running,

    /// <summary>A fault was caught, or the guest or a person ended it; nothing new is begun for it.</summary>
    Faulting,

    /// <summary>Its vCPUs leave guest mode and their handlers; waiters for its locks give up.</summary>
    Dying,

    /// <summary>Nothing runs for it any more; its memory can go.</summary>
    Quiescent,

    /// <summary>Its memory is back with the host.</summary>
    Reaped,
}
