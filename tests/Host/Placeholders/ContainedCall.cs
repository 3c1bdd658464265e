// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

public abstract class ContainedCall
{
    public abstract void Invoke();
}
