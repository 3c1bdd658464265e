// SPDX-License-Identifier: MIT
using System;

namespace Hypervisor.Runtime;

/// <summary>
/// Hands a type to the assembly sources: the build (tools/Offsets) writes <c>Offsets.inc</c> with
/// <c>#define PREFIX_FIELD_NAME offset</c> for every field of an explicit-layout struct and <c>PREFIX_SIZE</c> for the
/// whole, which [ExpectedSize] states; or with the numbers of an enum's members or a static class's integer constants.
/// </summary>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Class)]
public sealed class AssemblyOffsetsAttribute : Attribute
{
    /// <param name="prefix">The first part of the names, in capitals: <c>CONTEXT</c> gives
    /// <c>CONTEXT_OWNER</c>.</param>
    public AssemblyOffsetsAttribute(string prefix)
    {
        Prefix = prefix;
    }

    /// <summary>The first part of the names, in capitals.</summary>
    public string Prefix { get; }
}
