// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Simulated;

/// <summary>Something happened in a simulation that never may.</summary>
internal sealed class BrokenRule(string what) : Exception(what)
{
    /// <summary><paramref name="what"/> says what is wrong where the condition does not hold.</summary>
    public static void Unless(bool condition, string what)
    {
        if (!condition)
        {
            throw new BrokenRule(what);
        }
    }
}
