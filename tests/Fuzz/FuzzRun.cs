// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Xunit.Sdk;

namespace Hypervisor.Fuzz;

/// <summary>Runs rounds of random input, each from a seed of its own, so that a failure is one number.</summary>
internal static class FuzzRun
{
    private const int FirstSeed = 20_261_122;

    /// <summary>
    /// Calls <paramref name="round"/> with a random source for every seed; the first exception ends the run and is
    /// reported with the seed that repeats it.
    /// </summary>
    public static void Rounds(int rounds, Action<Random> round)
    {
        int? only = ReadNumber("HV_FUZZ_SEED");
        int first = only ?? FirstSeed;
        int count = only == null ? rounds * (ReadNumber("HV_FUZZ_ROUNDS") ?? 1) : 1;
        for (int seed = first; seed < first + count; seed++)
        {
            try
            {
                round(new Random(seed));
            }
            catch (Exception failure)
            {
                throw new XunitException($"repeat with HV_FUZZ_SEED={seed}: {failure.Message}", failure);
            }
        }
    }

    /// <summary>One round again, after a failure.</summary>
    public static bool IsSingle => ReadNumber("HV_FUZZ_SEED") != null;

    private static int? ReadNumber(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number)
            ? number
            : null;
}
