// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Tool;

/// <summary>
/// A mistake or a missing thing that the user can mend: printed as one message, never as a stack trace.
/// </summary>
internal sealed class ToolException(string message, int exitCode = ExitCode.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
