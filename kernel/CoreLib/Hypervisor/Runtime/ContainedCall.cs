// SPDX-License-Identifier: MIT
namespace Hypervisor.Runtime;

/// <summary>A service whose faults stay inside: made once, run often, so that a run allocates nothing.</summary>
public abstract class ContainedCall
{
    /// <summary>The service itself. Where it faults, no finally or Dispose of it runs.</summary>
    public abstract void Invoke();
}
