// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

/// <summary>Something optional that this machine's hardware virtualization can do, for <c>info host</c>.</summary>
public readonly struct VirtualizationFeature
{
    public readonly string Name;

    /// <summary>The hypervisor makes use of it; otherwise it is only listed.</summary>
    public readonly bool IsUsed;

    public VirtualizationFeature(string name, bool isUsed)
    {
        Name = name;
        IsUsed = isUsed;
    }
}
