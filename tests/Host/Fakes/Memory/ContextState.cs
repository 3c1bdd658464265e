// SPDX-License-Identifier: MIT
namespace Hypervisor.Memory;

/// <summary>The host flavour's: its threads carry their state themselves.</summary>
public struct ContextState
{
    public static ContextState CreateFromCurrent() => default;

    public void Exchange()
    {
    }
}
