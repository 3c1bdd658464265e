// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool.Emulation;

/// <summary>How an emulator ended.</summary>
/// <param name="PoweredOff">The hypervisor switched the machine off.</param>
/// <param name="Failure">What went wrong, as a sentence; null where nothing did.</param>
internal sealed record EmulatorEnd(bool PoweredOff, string? Failure)
{
    /// <summary>Begins the report of a triple fault; the processor's state follows.</summary>
    public const string TripleFault = "the hypervisor brought the processor to a triple fault:\n";

    public const string EndedFromOutside = "the emulator was ended from outside";
}
