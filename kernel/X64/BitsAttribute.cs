// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.X64;

/// <summary>
/// A partial property that is a field of a register, as the manuals write it: high bit, then low bit, both included.
/// Its type is an integer or an enum wide enough for the field; what is too wide for the field is cut off on init.
/// See <see cref="RegisterAttribute"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BitsAttribute : Attribute
{
    /// <param name="high">The number of the field's highest bit.</param>
    /// <param name="low">The number of its lowest bit.</param>
    public BitsAttribute(int high, int low)
    {
        High = high;
        Low = low;
    }

    /// <summary>The number of the field's highest bit.</summary>
    public int High { get; }

    /// <summary>The number of the field's lowest bit.</summary>
    public int Low { get; }

    /// <summary>
    /// True where the field is meant to share bits with another name (a meaning that depends on a mode).
    /// </summary>
    public bool Overlaps { get; set; }
}
