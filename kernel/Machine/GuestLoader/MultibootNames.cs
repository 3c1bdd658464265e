// SPDX-License-Identifier: MIT
namespace Hypervisor.Machine.GuestLoader;

/// <summary>What a kernel is told about who loaded it.</summary>
internal static class MultibootNames
{
    public const string Loader = "Hypervisor";
}
