// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The host flavour's: its threads carry their state themselves.</summary>
public struct ContextState
{
    public static ContextState CreateFromCurrent(HostVirtual stackLimit) => default;

    public void Exchange()
    {
    }
}
