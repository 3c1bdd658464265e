// SPDX-License-Identifier: MIT
namespace Hypervisor.Simulated;

/// <summary>What a VM of a <see cref="ShareScenario"/> had.</summary>
/// <param name="Part">Of one processor, in percent.</param>
/// <param name="Delays">From the moments at which it was to wake; null for a busy one.</param>
internal sealed record ShareResult(double Part, WakeDelays? Delays);
