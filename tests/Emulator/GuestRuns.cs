// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.RegularExpressions;
using Hypervisor.Tool;

namespace Hypervisor.EmulatorTests;

/// <summary>
/// Our own test guests (tests/Guests): on the emulator's bare board, which is the reference, and as a guest of the
/// hypervisor. Each test inside counts.
/// </summary>
internal static class GuestRuns
{
    private const string File = "guests.elf";

    public static readonly Run[] All =
    [
        Guest("guests-bare", "release") with { Bare = File },
        Guest("guests", "release"),
        Guest("guests-checked", "checked"),
        Guest("guests-4-processors", "release") with { Cpus = 4 },
    ];

    private static Run Guest(string name, string flavour) => new()
    {
        Name = name,
        Part = Part.Guests,
        Config = $"""
            [[vm]]
            name   = "guests"
            memory = "128M"
            kernel = "{File}"
            """,
        Files = new Dictionary<string, string>
        {
            [File] = Path.Combine(RepositoryPaths.Artifacts, "bin", "Hypervisor.Guests", flavour, File),
        },
        Script = Watch,
        Flavour = flavour,
        TimeLimit = 240,
    };

    private static void Watch(RunConsole console)
    {
        _ = console.Expect("^TESTS START$", 120);
        Match done = console.Expect(@"^TESTS DONE passed=(\d+) failed=(\d+) skipped=(\d+)$");
        console.Inside = new TestCounts(Number(done, 1), Number(done, 2), Number(done, 3));
        foreach (Match test in Regex.Matches(console.Text, @"^TEST (\S+ (FAIL|SKIP).*)$", RegexOptions.Multiline))
        {
            _ = console.Report.Append(CultureInfo.InvariantCulture, $"      {test.Groups[1].Value}\n");
        }
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
