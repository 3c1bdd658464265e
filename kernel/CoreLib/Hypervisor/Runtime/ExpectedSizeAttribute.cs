// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Runtime;

/// <summary>
/// States the size of a struct whose layout somebody else dictates (a processor, firmware, a loader). An analyzer
/// computes the layout and fails the build where the size differs.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class ExpectedSizeAttribute : Attribute
{
    /// <param name="bytes">The size in bytes.</param>
    public ExpectedSizeAttribute(int bytes)
    {
        Bytes = bytes;
    }

    /// <summary>The size in bytes.</summary>
    public int Bytes { get; }
}
