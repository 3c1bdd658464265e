// SPDX-License-Identifier: MIT
namespace Hypervisor.Tool;

/// <summary>What the tool's exit status says.</summary>
internal static class ExitCode
{
    /// <summary>Done; for a run: the text was seen, or without one the host powered off by itself.</summary>
    public const int Success = 0;

    /// <summary>The text was not seen, a guest crashed, the host failed, or a config has errors.</summary>
    public const int Failure = 1;

    /// <summary>The command line, or what it names, cannot be used.</summary>
    public const int Usage = 2;

    /// <summary>The time limit was reached; as the coreutils' timeout says it.</summary>
    public const int TimeLimit = 124;

    /// <summary>Base of "ended by signal N", as shells say it.</summary>
    public const int Signal = 128;
}
