// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class InterpolatedStringHandlerAttribute : Attribute
{
}
