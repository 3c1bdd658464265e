// SPDX-License-Identifier: MIT
namespace Hypervisor.Drivers.Serial16550;

/// <summary>What is asked of the driver's code, one at a time.</summary>
internal enum SerialOperation
{
    Detect,
    Start,
    Write,
    Read,
    Serve,
    HasQueued,
    IsSending,
    Reset,
    Silence,
}
