// SPDX-License-Identifier: MIT
namespace Hypervisor.EmulatorTests;

/// <summary>How a run went.</summary>
/// <param name="Failure">What went wrong; null where nothing did.</param>
/// <param name="Report">Lines to print.</param>
/// <param name="Tests">What is counted: one test, or those that ran inside.</param>
internal sealed record RunOutcome(string? Failure, string Report, TestCounts Tests);
