// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using Hypervisor.Runtime;

namespace Hypervisor.Guests.Kit;

/// <summary>What a test states. The first statement that does not hold ends the test with its text.</summary>
internal static class Check
{
    private static string? s_failure;
    private static string? s_skip;

    internal static string? FailureReason => s_failure;

    internal static string? SkipReason => s_skip;

    internal static void Begin()
    {
        s_failure = null;
        s_skip = null;
    }

    internal static void That([DoesNotReturnIf(false)] bool condition, string text)
    {
        if (!condition)
        {
            Fail(text);
        }
    }

    internal static void Equal(ulong expected, ulong actual, string text)
    {
        if (expected != actual)
        {
            Fail($"{text}: expected {expected:x}, got {actual:x}");
        }
    }

    internal static void Equal(int expected, int actual, string text)
    {
        if (expected != actual)
        {
            Fail($"{text}: expected {expected}, got {actual}");
        }
    }

    [DoesNotReturn]
    internal static void Fail(string text)
    {
        s_failure = text;
        FaultBoundary.Unwind(FaultKind.Invariant);
    }

    /// <summary>Ends the test where the machine lacks what it tests.</summary>
    [DoesNotReturn]
    internal static void Skip(string reason)
    {
        s_skip = reason;
        FaultBoundary.Unwind(FaultKind.Invariant);
    }
}
