// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.EmulatorTests;

/// <summary>Numbers of tests by how they went.</summary>
internal readonly record struct TestCounts(int Passed, int Failed, int Skipped)
{
    public static TestCounts OnePassed => new(1, 0, 0);

    public static TestCounts OneFailed => new(0, 1, 0);

    public static TestCounts OneSkipped => new(0, 0, 1);

    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    public override string ToString() => FormattableString.Invariant($"{Passed} passed, {Failed} failed, {Skipped} skipped");
}
