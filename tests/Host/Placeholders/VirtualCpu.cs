// SPDX-License-Identifier: MIT
namespace Hypervisor.Virtualization;

public abstract class VirtualCpu
{
}
