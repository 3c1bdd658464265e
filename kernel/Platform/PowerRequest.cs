// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>How the real machine is to end.</summary>
public enum PowerRequest
{
    None,
    PowerOff,
    Reset,
}
