// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Runtime;

/// <summary>
/// Hands the layout of an explicit-layout struct to the assembly sources: the build writes <c>Offsets.inc</c> with
/// <c>#define PREFIX_FIELD_NAME offset</c> for every field and <c>PREFIX_SIZE</c> for the whole.
/// </summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class AssemblyOffsetsAttribute : Attribute
{
    /// <param name="prefix">The first part of the names, in capitals: <c>CONTEXT</c> gives <c>CONTEXT_OWNER</c>.</param>
    public AssemblyOffsetsAttribute(string prefix)
    {
        Prefix = prefix;
    }

    /// <summary>The first part of the names, in capitals.</summary>
    public string Prefix { get; }
}
