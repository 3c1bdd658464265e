// SPDX-License-Identifier: MIT
namespace Hypervisor.Platform;

/// <summary>One line that the log keeps.</summary>
public struct LogLine
{
    /// <summary>When it was written: the timestamp counter.</summary>
    public ulong Timestamp;

    public LogLevel Level;

    /// <summary>Bytes of <see cref="Text"/> in use.</summary>
    public byte Length;

    public LogText Text;
}
