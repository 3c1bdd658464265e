// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Runtime;

/// <summary>A fault on its way to the host flavour's <see cref="FaultBoundary"/>.</summary>
public sealed class ContainedFault : Exception
{
    public ContainedFault(FaultKind kind)
        : base($"a contained fault: {kind}")
    {
        Kind = kind;
    }

    public FaultKind Kind { get; }
}
