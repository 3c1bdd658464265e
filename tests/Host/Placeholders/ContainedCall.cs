// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

public abstract class ContainedCall
{
    protected internal abstract void Invoke();
}
