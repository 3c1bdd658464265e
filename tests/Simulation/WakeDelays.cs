// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;

namespace Hypervisor.Simulated;

/// <summary>How late a VM ran that was to wake, in microseconds.</summary>
internal sealed record WakeDelays(double Mean, double NinetyPercent, double Longest)
{
    public static WakeDelays Of(IEnumerable<ulong> nanoseconds)
    {
        double[] sorted = [.. nanoseconds.Select(static each => each / 1000.0).Order()];
        return new WakeDelays(sorted.Average(), sorted[sorted.Length * 9 / 10], sorted[^1]);
    }
}
