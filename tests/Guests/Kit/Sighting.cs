// SPDX-License-Identifier: MIT
namespace Hypervisor.Guests.Kit;

/// <summary>Between which two values of the timestamp counter an event happened.</summary>
internal readonly struct Sighting
{
    internal Sighting(ulong notBefore, ulong notAfter)
    {
        NotBefore = notBefore;
        NotAfter = notAfter;
    }

    internal ulong NotBefore { get; }

    internal ulong NotAfter { get; }
}
