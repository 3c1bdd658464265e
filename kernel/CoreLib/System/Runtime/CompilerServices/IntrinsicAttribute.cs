// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>The compiler knows a better form of this than its body.</summary>
[AttributeUsage(AttributeTargets.All)]
public sealed class IntrinsicAttribute : Attribute
{
}
