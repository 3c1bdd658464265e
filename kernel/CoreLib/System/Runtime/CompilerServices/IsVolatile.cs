// SPDX-License-Identifier: MIT
namespace System.Runtime.CompilerServices;

/// <summary>Marks volatile fields; known to the compiler by name.</summary>
public static class IsVolatile
{
}
