// SPDX-License-Identifier: MIT
using Hypervisor.Unit.Virtualization;

namespace Hypervisor.Unit.Devices;

/// <summary>A vCPU of which devices see the request bits only.</summary>
internal sealed class TestCpu(int index = 0) : FakeCpu(index)
{
    public int Level
    {
        get => Privilege;
        set => Privilege = value;
    }
}
