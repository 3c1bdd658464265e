// SPDX-License-Identifier: MIT
using System;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>A delegate behind a fault boundary.</summary>
internal sealed class ContainedAction : ContainedCall
{
    internal Action? Body { get; set; }

    /// <summary>Runs <paramref name="body"/> and tells how it ended.</summary>
    internal static FaultKind Run(Action body) => FaultBoundary.Run(new ContainedAction { Body = body });

    public override void Invoke() => Body!();
}
