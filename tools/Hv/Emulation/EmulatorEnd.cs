// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool.Emulation;

/// <summary>How an emulator ended.</summary>
/// <param name="PoweredOff">The hypervisor switched the machine off.</param>
/// <param name="Failure">What went wrong, as a sentence; null where nothing did.</param>
internal sealed record EmulatorEnd(bool PoweredOff, string? Failure);
