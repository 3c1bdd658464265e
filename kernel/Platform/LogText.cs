// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Hypervisor.Platform;

/// <summary>The memory of one line of the log.</summary>
[InlineArray(Capacity)]
public struct LogText
{
    /// <summary>The longest line in bytes; what is longer is cut off.</summary>
    public const int Capacity = 176;

    private byte _first;
}
