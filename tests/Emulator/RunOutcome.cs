// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>How a run went.</summary>
/// <param name="Failure">What went wrong; null where nothing did.</param>
/// <param name="Report">Figures to print.</param>
internal sealed record RunOutcome(string? Failure, string Report);
