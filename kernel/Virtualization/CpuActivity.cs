// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>What a vCPU does when nothing is asked of it.</summary>
public enum CpuActivity : byte
{
    /// <summary>Executes instructions.</summary>
    Active,

    /// <summary>Executed HLT: waits for an interrupt, an NMI or INIT.</summary>
    Halted,

    /// <summary>After INIT: waits for a start-up IPI.</summary>
    WaitForSipi,

    /// <summary>Shut down by a triple fault that the board has not answered yet, or stopped for good.</summary>
    Shutdown,
}
