// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>ilc runs the class constructor at start-up, before anything else.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class EagerStaticClassConstructionAttribute : Attribute
{
}
