// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Guests.Kit;

/// <summary>
/// A static method without arguments that tests one thing; it fails through <see cref="Check"/> or by a fault.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuestTestAttribute : Attribute
{
    /// <summary>Runs only where the command line names it: it ends the guest, or takes long.</summary>
    public bool OnlyByName { get; set; }
}
