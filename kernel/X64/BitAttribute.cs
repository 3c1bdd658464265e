// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>
/// A partial property of type bool that is one bit of a register; see <see cref="RegisterAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BitAttribute : Attribute
{
    /// <param name="position">The bit's number; 0 is the lowest.</param>
    public BitAttribute(int position)
    {
        Position = position;
    }

    /// <summary>The bit's number; 0 is the lowest.</summary>
    public int Position { get; }

    /// <summary>
    /// True where the bit is meant to share its place with another name (a meaning that depends on a mode).
    /// </summary>
    public bool Overlaps { get; set; }
}
