// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>The host flavour always verifies the rules that a checked build verifies.</summary>
public static class BuildFlavour
{
    public const bool IsChecked = true;
}
